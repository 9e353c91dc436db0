package helm

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
	goyaml "sigs.k8s.io/yaml/goyaml.v3"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
)

// clock is what `now` gives: renderings do not depend on the time of day.
var clock = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// Generated keys and certificates are this text, whatever they are generated for: the same in every rendering, and
// RSA takes seconds in WebAssembly.
const (
	pemBody = "cGxpbXNvbGwgZG9lcyBub3QgZ2VuZXJhdGUga2V5IG1hdGVyaWFs\n"
	pemCert = "-----BEGIN CERTIFICATE-----\n" + pemBody + "-----END CERTIFICATE-----\n"
	pemKey  = "-----BEGIN RSA PRIVATE KEY-----\n" + pemBody + "-----END RSA PRIVATE KEY-----\n"
)

// certificate has the fields of Sprig's.
type certificate struct{ Cert, Key string }

// random is a counter hashed with SHA-256: every rendering draws the same numbers.
type random struct {
	n    uint64
	rest []byte
}

func (r *random) bytes(n int) []byte {
	out := make([]byte, 0, n)
	for len(out) < n {
		if len(r.rest) == 0 {
			sum := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte("plimsoll"), r.n))
			r.n++
			r.rest = sum[:]
		}
		k := min(n-len(out), len(r.rest))
		out = append(out, r.rest[:k]...)
		r.rest = r.rest[k:]
	}
	return out
}

func (r *random) text(alphabet string, n int) string {
	b := r.bytes(max(n, 0))
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b)
}

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// Limits of what one rendering may do.
const (
	maxString = 16 << 20 // bytes of one function's result
	maxGrown  = 64 << 20 // bytes of all results of functions that can multiply their input
	maxList   = 1 << 20  // elements of one list
	maxSteps  = 1 << 20  // each about a microsecond; the largest public charts take a tenth
	maxDepth  = 300      // nesting of a value that is printed
	maxNodes  = 1 << 20  // scalars and containers of a value that is printed, counting shared ones each time
)

// budget ends renderings that would not end in seconds by themselves.
type budget struct{ steps, grown int }

func limit(format string, args ...any) *fault.Error {
	return fault.New(fault.Limit, fmt.Sprintf(format, args...))
}

// step counts n units of work. Its panics end the template and reach the host as a fault.
func (b *budget) step(n int) {
	if b.steps += n; b.steps > maxSteps || n < 0 {
		panic(tooManySteps())
	}
}

func tooManySteps() error { return limit("The templates take too many steps.") }

// grow counts n bytes that a function is about to make.
func (b *budget) grow(name string, n int) {
	if n > maxString || n < 0 {
		panic(limit("The result of %s would be larger than %d MiB.", name, maxString>>20))
	}
	if b.grown += n; b.grown > maxGrown {
		panic(limit("The templates make more than %d MiB of text.", maxGrown>>20))
	}
}

// shape refuses values that are too deep or too large to be printed; it returns their number of nodes.
func (b *budget) shape(name string, v any) int {
	nodes := 0
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		if nodes++; nodes > maxNodes || depth > maxDepth {
			panic(limit("The value given to %s is too large, or contains itself.", name))
		}
		switch x := v.(type) {
		case map[string]any:
			for _, c := range x {
				walk(c, depth+1)
			}
		case []any:
			for _, c := range x {
				walk(c, depth+1)
			}
		}
	}
	if m, ok := v.(interface{ AsMap() map[string]any }); ok {
		v = m.AsMap()
	}
	walk(v, 0)
	return nodes
}

// valueError is the failure of `required` or `fail`.
type valueError struct{ message string }

func (e *valueError) Error() string { return e.message }

// functions are those of Helm's engine: Sprig's without access to the system, Helm's own, and where one would look at
// the clock, the network or randomness, or could make much out of little, a replacement. include and tpl are bound later.
func functions(b *budget) template.FuncMap {
	f := sprig.TxtFuncMap()
	delete(f, "env")
	delete(f, "expandenv")
	maps.Copy(f, helmFunctions(b))
	maps.Copy(f, fixedFunctions())
	return f
}

func helmFunctions(b *budget) template.FuncMap {
	encode := func(name string, to func(any) (string, error)) (lax func(any) string, must func(any) (string, error)) {
		must = func(v any) (string, error) {
			b.step(b.shape(name, v))
			return to(v)
		}
		return func(v any) string { s, _ := must(v); return s }, must
	}
	f := template.FuncMap{
		"fromYaml":      func(s string) map[string]any { return decodeMap(s, unmarshalYAML) },
		"fromYamlArray": func(s string) []any { return decodeList(s, unmarshalYAML) },
		"fromJson":      func(s string) map[string]any { return decodeMap(s, json.Unmarshal) },
		"fromJsonArray": func(s string) []any { return decodeList(s, json.Unmarshal) },
		"fromToml":      func(s string) map[string]any { return decodeMap(s, toml.Unmarshal) },
		"include":       func(string, any) string { return "" },
		"tpl":           func(string, any) any { return "" },
		"lookup":        func(_, _, _, _ string) (map[string]any, error) { return map[string]any{}, nil },
		"getHostByName": func(string) string { return "" },
		"required": func(message string, v any) (any, error) {
			if v == nil || v == "" {
				return v, &valueError{message}
			}
			return v, nil
		},
		"fail": func(message string) (string, error) { return "", &valueError{message} },
	}
	f["toYaml"], f["mustToYaml"] = encode("toYaml", func(v any) (string, error) {
		data, err := yaml.Marshal(v)
		return strings.TrimSuffix(string(data), "\n"), err
	})
	f["toYamlPretty"], _ = encode("toYamlPretty", func(v any) (string, error) {
		var data bytes.Buffer
		e := goyaml.NewEncoder(&data)
		e.SetIndent(2)
		if err := e.Encode(v); err != nil {
			return "", err
		}
		return strings.TrimSuffix(data.String(), "\n"), nil
	})
	f["toJson"], f["mustToJson"] = encode("toJson", func(v any) (string, error) {
		data, err := json.Marshal(v)
		return string(data), err
	})
	f["toToml"], _ = encode("toToml", func(v any) (string, error) {
		var data bytes.Buffer
		if err := toml.NewEncoder(&data).Encode(v); err != nil {
			return err.Error(), err
		}
		return data.String(), nil
	})
	return f
}

func unmarshalYAML(b []byte, v any) error { return yaml.Unmarshal(b, v) }

func decodeMap(s string, decode func([]byte, any) error) map[string]any {
	m := map[string]any{}
	if err := decode([]byte(s), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

func decodeList(s string, decode func([]byte, any) error) []any {
	a := []any{}
	if err := decode([]byte(s), &a); err != nil {
		a = []any{err.Error()}
	}
	return a
}

// fixedFunctions replace those of Sprig that look at the clock or draw random numbers, and keys and values, whose order
// is random.
func fixedFunctions() template.FuncMap {
	r := &random{}
	old := sprig.TxtFuncMap()
	at := func(v any) any {
		switch v.(type) {
		case time.Time, *time.Time, int64, int, int32:
			return v
		}
		return clock
	}
	dateInZone := old["dateInZone"].(func(string, any, string) string)
	htpasswd := old["htpasswd"].(func(string, string) string)
	duration := old["durationRound"].(func(any) string)
	hash := func() string { return "$2a$10$" + r.text(digits+letters, 53) }
	generated := certificate{pemCert, pemKey}
	return template.FuncMap{
		"now":            func() time.Time { return clock },
		"date":           func(format string, v any) string { return dateInZone(format, at(v), "UTC") },
		"htmlDate":       func(v any) string { return dateInZone("2006-01-02", at(v), "UTC") },
		"dateInZone":     func(format string, v any, zone string) string { return dateInZone(format, at(v), zone) },
		"date_in_zone":   func(format string, v any, zone string) string { return dateInZone(format, at(v), zone) },
		"htmlDateInZone": func(v any, zone string) string { return dateInZone("2006-01-02", at(v), zone) },
		"ago": func(v any) string {
			t := clock
			switch x := v.(type) {
			case time.Time:
				t = x
			case int64:
				t = time.Unix(x, 0)
			case int:
				t = time.Unix(int64(x), 0)
			}
			return clock.Sub(t).Round(time.Second).String()
		},
		"durationRound": func(v any) string {
			if t, ok := v.(time.Time); ok {
				return duration(int64(clock.Sub(t)))
			}
			return duration(v)
		},
		"randAlphaNum": func(n int) string { return r.text(digits+letters, n) },
		"randAlpha":    func(n int) string { return r.text(letters, n) },
		"randNumeric":  func(n int) string { return r.text(digits, n) },
		"randAscii": func(n int) string {
			return r.text(" !#$%&()*+,-./"+digits+":;<=>?@"+letters+"[]^_`{|}~", n)
		},
		"randBytes": func(n int) (string, error) { return base64.StdEncoding.EncodeToString(r.bytes(n)), nil },
		"randInt": func(low, high int) int {
			return low + int(binary.LittleEndian.Uint64(r.bytes(8))>>1)%(high-low)
		},
		"shuffle": func(s string) string { return s },
		"uuidv4": func() string {
			b := r.bytes(16)
			b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
			h := hex.EncodeToString(b)
			return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
		},
		"bcrypt": func(string) string { return hash() },
		"htpasswd": func(user, password string) string {
			if strings.Contains(user, ":") {
				return htpasswd(user, password)
			}
			return user + ":" + hash()
		},
		"encryptAES": func(password, text string) (string, error) {
			key := make([]byte, 32)
			copy(key, password)
			block, err := aes.NewCipher(key)
			if err != nil {
				return "", err
			}
			pad := aes.BlockSize - len(text)%aes.BlockSize
			padded := append([]byte(text), bytes.Repeat([]byte{byte(pad)}, pad)...)
			out := append(r.bytes(aes.BlockSize), padded...)
			cipher.NewCBCEncrypter(block, out[:aes.BlockSize]).CryptBlocks(out[aes.BlockSize:], padded)
			return base64.StdEncoding.EncodeToString(out), nil
		},
		"genPrivateKey": func(kind string) string {
			head, ok := map[string]string{"": "RSA ", "rsa": "RSA ", "dsa": "DSA ", "ecdsa": "EC ", "ed25519": ""}[kind]
			if !ok {
				return "Unknown type " + kind
			}
			return "-----BEGIN " + head + "PRIVATE KEY-----\n" + pemBody + "-----END " + head + "PRIVATE KEY-----\n"
		},
		"genCA":             func(string, int) (certificate, error) { return generated, nil },
		"genCAWithKey":      func(_ string, _ int, key string) (certificate, error) { return certificate{pemCert, key}, nil },
		"genSelfSignedCert": func(string, []any, []any, int) (certificate, error) { return generated, nil },
		"genSelfSignedCertWithKey": func(_ string, _, _ []any, _ int, key string) (certificate, error) {
			return certificate{pemCert, key}, nil
		},
		"genSignedCert": func(string, []any, []any, int, certificate) (certificate, error) { return generated, nil },
		"genSignedCertWithKey": func(_ string, _, _ []any, _ int, _ certificate, key string) (certificate, error) {
			return certificate{pemCert, key}, nil
		},
		"buildCustomCert": func(cert, key string) (certificate, error) {
			c, err := base64.StdEncoding.DecodeString(cert)
			k, err2 := base64.StdEncoding.DecodeString(key)
			return certificate{string(c), string(k)}, errors.Join(err, err2)
		},
		"keys": func(dicts ...map[string]any) []string {
			var out []string
			for _, d := range dicts {
				out = append(out, slices.Sorted(maps.Keys(d))...)
			}
			return out
		},
		"values": func(d map[string]any) []any {
			out := make([]any, 0, len(d))
			for _, k := range slices.Sorted(maps.Keys(d)) {
				out = append(out, d[k])
			}
			return out
		},
		// builtin functions of text/template, named to be among those that are bounded and traced
		"printf": fmt.Sprintf, "print": fmt.Sprint, "println": fmt.Sprintln,
		"html": template.HTMLEscaper, "js": template.JSEscaper, "urlquery": template.URLQueryEscaper,
	}
}

// check refuses a call of a function before it is made.
type check func(name string, args []reflect.Value)

// checks are for functions whose result can be much larger than what they are given, or that walk through a value that
// could contain itself.
func checks(b *budget) map[string]check {
	m := map[string]check{}
	check := func(names string, before check) {
		for _, name := range strings.Fields(names) {
			m[name] = before
		}
	}
	check("randAlphaNum randAlpha randNumeric randAscii randBytes", func(name string, a []reflect.Value) {
		b.grow(name, 4*max(int(a[0].Int()), 0))
	})
	check("repeat", func(name string, a []reflect.Value) { b.grow(name, times(int(a[0].Int()), a[1].Len())) })
	check("indent nindent", func(name string, a []reflect.Value) {
		b.grow(name, a[1].Len()+times(int(a[0].Int()), 1+strings.Count(a[1].String(), "\n")))
	})
	check("replace", func(name string, a []reflect.Value) {
		b.grow(name, a[2].Len()+times(a[1].Len(), strings.Count(a[2].String(), a[0].String())))
	})
	check("wrapWith", func(name string, a []reflect.Value) { b.grow(name, a[2].Len()+times(a[1].Len(), a[2].Len())) })
	check("regexReplaceAll mustRegexReplaceAll regexReplaceAllLiteral mustRegexReplaceAllLiteral", func(name string, a []reflect.Value) {
		s, by := a[1].String(), a[2].String()
		n := (len(s) + 1) * (len(by) + strings.Count(by, "$")*len(s))
		if n > maxString {
			if re, err := regexp.Compile(a[0].String()); err == nil {
				n = len(s) + len(re.FindAllStringIndex(s, -1))*(len(by)+strings.Count(by, "$")*len(s))
			}
		}
		b.step(len(s) / 64)
		b.grow(name, n)
	})
	check("regexFindAll mustRegexFindAll regexSplit mustRegexSplit splitList split", func(name string, a []reflect.Value) {
		b.step(a[1].Len() / 16)
	})
	check("until", func(name string, a []reflect.Value) { b.list(name, max(int(a[0].Int()), -int(a[0].Int()))) })
	check("untilStep", func(name string, a []reflect.Value) {
		if step := int(a[2].Int()); step != 0 {
			b.list(name, max((int(a[1].Int())-int(a[0].Int()))/step, 0))
		}
	})
	check("seq", func(name string, a []reflect.Value) {
		p, _ := a[0].Interface().([]int)
		from, step, to := 1, 1, 0
		switch len(p) {
		case 1:
			to = p[0]
		case 2:
			from, to = p[0], p[1]
		case 3:
			from, step, to = p[0], p[1], p[2]
		}
		if step != 0 {
			n := (to - from) / step
			b.list(name, max(n, -n))
		}
	})
	check("append push mustAppend mustPush prepend mustPrepend concat chunk mustChunk reverse mustReverse uniq mustUniq without mustWithout compact mustCompact sortAlpha toStrings", func(name string, a []reflect.Value) {
		n := 0
		for _, x := range a {
			n += size(x, 2)
		}
		if strings.HasSuffix(strings.ToLower(name), "uniq") {
			n += n * n / 64
		}
		b.list(name, n)
	})
	check("derivePassword", func(string, []reflect.Value) { b.step(maxSteps / 8) })
	printed := func(name string, a []reflect.Value) {
		n := 0
		for _, x := range a {
			n += b.printed(name, x)
		}
		b.grow(name, n)
	}
	check("html js urlquery print println cat quote squote toString toStrings join deepCopy mustDeepCopy merge mustMerge mergeOverwrite mustMergeOverwrite toPrettyJson mustToPrettyJson toRawJson mustToRawJson deepEqual", printed)
	// what is no number is printed in an error
	check("int int64 float64 toDecimal add add1 sub mul div mod max min biggest ceil floor round atoi toDate", printed)
	// keys that are no strings are printed
	check("dict", func(name string, a []reflect.Value) {
		for i := 0; i < a[0].Len(); i += 2 {
			b.printed(name, a[0].Index(i))
		}
	})
	check("printf", func(name string, a []reflect.Value) {
		n := 0
		for _, d := range widths.FindAllString(a[0].String(), -1) {
			w, err := strconv.Atoi(d)
			if err == nil {
				n += min(w, 1_000_000)
			}
		}
		b.grow(name, n+strings.Count(a[0].String(), "*")*1_000_000)
		printed(name, a)
	})
	return m
}

var widths = regexp.MustCompile(`\d{3,}`)

func times(a, b int) int {
	if a <= 0 || b <= 0 {
		return 0
	}
	if a > math.MaxInt32 || b > math.MaxInt32/a {
		return math.MaxInt32
	}
	return a * b
}

// list counts a list of n elements that is about to be made.
func (b *budget) list(name string, n int) {
	if n > maxList || n < 0 {
		panic(limit("The list of %s would be longer than %d elements.", name, maxList))
	}
	b.step(n / 8)
}

func size(v reflect.Value, depth int) int {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		return 1
	}
	n := v.Len()
	if depth > 1 && v.Type().Elem().Kind() == reflect.Interface && n < 64 {
		for i := range v.Len() {
			n += size(v.Index(i), depth-1)
		}
	}
	return n
}

// checkPrinted refuses a map or list that an action is about to print when it is too large for that.
func (b *budget) checkPrinted(v reflect.Value) {
	if v = element(v); (v.Kind() == reflect.Map || v.Kind() == reflect.Slice) && v.CanInterface() {
		b.step(b.shape("an action", v.Interface()))
	}
}

// printed estimates the bytes that fmt makes of a value.
func (b *budget) printed(name string, v reflect.Value) int {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return v.Len()
	case reflect.Slice, reflect.Map:
		if v.CanInterface() {
			b.step(b.shape(name, v.Interface()))
		}
		n := 0
		if v.Kind() == reflect.Slice {
			for i := range v.Len() {
				if e := v.Index(i); e.Kind() == reflect.String || e.Kind() == reflect.Interface {
					n += b.printed(name, e)
				}
			}
		}
		return n
	}
	return 0
}
