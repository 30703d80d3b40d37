//go:build tools

// Package tools pins the generator: what generate.go runs is the version that
// go.mod names here.
package tools

import _ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
