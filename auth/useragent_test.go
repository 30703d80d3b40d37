package auth

import (
	"reflect"
	"regexp"
	"runtime/debug"
	"testing"
)

func TestModulePath(t *testing.T) {
	if got := reflect.TypeFor[config]().PkgPath(); got != modulePath+"/auth" {
		t.Errorf("the path of this package is %s, but modulePath is %s", got, modulePath)
	}
}

func TestProduct(t *testing.T) {
	if got := product(); !regexp.MustCompile(`^assistant-go/\S+ \([!-~ ]+\)$`).MatchString(got) {
		t.Errorf("product() = %q", got)
	}
}

func TestModuleVersion(t *testing.T) {
	other := &debug.Module{Path: "example.com/other", Version: "v9.9.9"}
	self := func(version string, replace *debug.Module) *debug.Module {
		return &debug.Module{Path: modulePath, Version: version, Replace: replace}
	}
	tests := []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"no build info", nil, "devel"},
		{"module not in the build info", &debug.BuildInfo{Main: *other, Deps: []*debug.Module{other}}, "devel"},
		{"main", &debug.BuildInfo{Main: *self("v1.2.3", nil)}, "v1.2.3"},
		{"main, stamped with changes", &debug.BuildInfo{Main: *self("v0.0.0-20260520000000-0123456789ab+dirty", nil)}, "v0.0.0-20260520000000-0123456789ab+dirty"},
		{"main, working tree", &debug.BuildInfo{Main: *self("(devel)", nil)}, "devel"},
		{"main, test binary", &debug.BuildInfo{Main: *self("", nil)}, "devel"},
		{"dependency", &debug.BuildInfo{Main: *other, Deps: []*debug.Module{other, self("v1.2.3", nil)}}, "v1.2.3"},
		{"replaced by a fork", &debug.BuildInfo{Deps: []*debug.Module{self("v1.2.3", &debug.Module{Path: "example.com/fork", Version: "v1.2.4"})}}, "v1.2.4"},
		{"replaced by a folder", &debug.BuildInfo{Deps: []*debug.Module{self("v1.2.3", &debug.Module{Path: "../assistant-go"})}}, "devel"},
		{"nested module", &debug.BuildInfo{Main: debug.Module{Path: modulePath + "/examples", Version: "v7.0.0"}}, "devel"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := moduleVersion(tt.info); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNormalizeSourceTag(t *testing.T) {
	tests := []struct{ tag, want string }{
		{"my_tag", "my_tag"},
		{"My Tag", "my_tag"},
		{"  my   tag  ", "my_tag"},
		{"n8n:Store-1", "n8n:store1"},
		{"a\r\nApi-Key: x", "aapikey:_x"},
		{"tab\there", "tabhere"},
		{"ünï", "n"},
		{"日本", ""},
		{" ", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := normalizeSourceTag(tt.tag); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.tag, got, tt.want)
		}
	}
	if got := userAgent(normalizeSourceTag("日本")); got != product() {
		t.Errorf("an empty tag was sent: %q", got)
	}
}
