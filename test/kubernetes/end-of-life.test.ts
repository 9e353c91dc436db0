import { expect, test } from '@jest/globals';
import { endedChart, endedImage } from '../../src/kubernetes/end-of-life.ts';

test.each<[string, string | undefined]>([
  ['registry.k8s.io/ingress-nginx/controller', 'ingress-nginx'],
  ['registry.k8s.io/ingress-nginx/kube-webhook-certgen', undefined],
  ['docker.io/jaegertracing/jaeger', undefined],
])('the image %s is %s', (name, title) => {
  expect(endedImage(name)?.title).toBe(title);
});

test.each<[string, string | undefined, string | undefined]>([
  ['ingress-nginx', 'https://kubernetes.github.io/ingress-nginx', 'ingress-nginx'],
  ['ingress-nginx', 'https://Kubernetes.github.io/ingress-nginx/', 'ingress-nginx'],
  ['ingress-nginx', 'https://charts.example.com', undefined],
  ['ingress-nginx', undefined, 'ingress-nginx'],
  ['traefik', undefined, undefined],
])('the chart %s of %s is %s', (name, repository, title) => {
  expect(endedChart(name, repository)?.title).toBe(title);
});
