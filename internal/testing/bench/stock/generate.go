// Package stock is what oapi-codegen makes of the data plane's spec with its
// default settings. It is what this project's clients are measured against. Its
// code is made when it is wanted, by go generate ./stock in the folder above.
package stock

//go:generate go tool oapi-codegen -config config.yaml ../../../../openapi/2026-04/data.yaml
