#!/bin/sh
exec app --config /etc/app.conf
