package auth

import (
	"bytes"
	"context"
	"errors"
	"expvar"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

func TestKeyValidation(t *testing.T) {
	tests := []struct {
		name, key string
		want      error
	}{
		{"plain", testKey, nil},
		{"first and last byte allowed", "!~", nil},
		{"quotes and backslash", `"\'`, nil},
		{"long", strings.Repeat("k", 1<<16), nil},
		{"empty", "", ErrNoKey},
		{"only a space", " ", ErrInvalidKey},
		{"leading space", " " + testKey, ErrInvalidKey},
		{"trailing line break", testKey + "\n", ErrInvalidKey},
		{"header injection", testKey + "\r\nHost: evil.com", ErrInvalidKey},
		{"tab", testKey + "\t", ErrInvalidKey},
		{"NUL", testKey + "\x00", ErrInvalidKey},
		{"DEL", testKey + "\x7f", ErrInvalidKey},
		{"non-ASCII letter", testKey + "é", ErrInvalidKey},
		{"no-break space", testKey + "\u00a0", ErrInvalidKey},
		{"zero-width space", testKey + "\u200b", ErrInvalidKey},
		{"byte-order mark", "\ufeff" + testKey, ErrInvalidKey},
		{"invalid UTF-8", testKey + "\xff", ErrInvalidKey},
		{"bearer prefix", "Bearer " + testKey, ErrInvalidKey},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			editor, err := APIKey(tt.key)
			if !errors.Is(err, tt.want) || (editor == nil) != (tt.want != nil) {
				t.Fatalf("editor %t, error %v, want %v", editor != nil, err, tt.want)
			}
			if err != nil && !strings.Contains(err.Error(), "auth.APIKey") {
				t.Errorf("error %v does not name auth.APIKey", err)
			}
			checkHidden(t, testKey, err)
		})
	}
}

var errVault = errors.New("vault is sealed")

// valueError is an error whose field the verb %#v prints.
type valueError struct{ text string }

func (e valueError) Error() string { return e.text }

func TestKeyFuncErrorHidesKey(t *testing.T) {
	tests := []struct {
		name, key string
		err       error
		want      string
	}{
		{"key alone", testKey, valueError{testKey}, "REDACTED"},
		{"key twice", testKey, valueError{"no " + testKey + " or " + testKey}, "no REDACTED or REDACTED"},
		{"wrapped", testKey, fmt.Errorf("rotate %s: %w", testKey, valueError{testKey}), "rotate REDACTED: REDACTED"},
		{"key with a line break", testKey + "\n", valueError{"bad: " + testKey}, "bad: REDACTED"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			editor, err := KeyFunc(func(context.Context) (string, error) { return tt.key, tt.err })
			if err != nil {
				t.Fatal(err)
			}
			err = editor(t.Context(), newRequest(t, http.MethodGet, "", ""))
			if !strings.HasSuffix(err.Error(), ": "+tt.want) {
				t.Errorf("error %q, want it to end in %q", err, tt.want)
			}
			checkHidden(t, testKey, err)
			var target valueError
			if !errors.Is(err, tt.err) || !errors.As(err, &target) {
				t.Error("errors.Is and errors.As do not match the error of the function")
			}
		})
	}
}

// checkHidden fails the test if a formatting verb, log/slog, a panic or an
// unwrapped error prints the key.
func checkHidden(t *testing.T, key string, values ...any) {
	t.Helper()
	var out bytes.Buffer
	text := slog.New(slog.NewTextHandler(&out, nil))
	json := slog.New(slog.NewJSONHandler(&out, nil))
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%T", "%p"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		text.Info("text", "value", v, slog.Any("group", []any{v}))
		json.Info("json", "value", v, slog.Any("group", []any{v}))
		func() {
			defer func() { fmt.Fprintln(&out, recover()) }()
			panic(v)
		}()
		if err, ok := v.(error); ok {
			for e := err; e != nil; e = errors.Unwrap(e) {
				fmt.Fprintf(&out, "%v %+v %#v\n", e, e, e)
			}
		}
	}
	if strings.Contains(out.String(), key) || strings.Contains(out.String(), fmt.Sprintf("%x", key)) {
		t.Errorf("the key is printed:\n%s", out.String())
	}
}

func TestKeyIsNotPrinted(t *testing.T) {
	opts := []Option{WithVersion("2026-04"), WithSourceTag("tag"), WithHost("gateway.example")}
	fixed, err := APIKey(testKey, opts...)
	if err != nil {
		t.Fatal(err)
	}
	rotating, err := KeyFunc(func(context.Context) (string, error) { return testKey, nil }, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(EnvAPIKey, testKey)
	fromEnv, err := FromEnv(opts...)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := newConfig(opts)
	if err != nil {
		t.Fatal(err)
	}
	for name, editor := range map[string]RequestEditorFn{"APIKey": fixed, "KeyFunc": rotating, "FromEnv": fromEnv} {
		foreign := newRequest(t, http.MethodGet, "https://evil.com/", "")
		foreign.Header.Set("Api-Key", testKey)
		err := editor(t.Context(), foreign)
		if !errors.Is(err, ErrForeignHost) {
			t.Errorf("%s: %v", name, err)
		}
		holder := struct {
			Editor  RequestEditorFn
			Options []Option
			Config  *config
		}{editor, opts, cfg}
		checkHidden(t, testKey, editor, opts, cfg, *cfg, holder, &holder, err)
	}
	expvar.Do(func(kv expvar.KeyValue) {
		if strings.Contains(kv.Value.String(), testKey) {
			t.Errorf("expvar %s contains the key", kv.Key)
		}
	})
}
