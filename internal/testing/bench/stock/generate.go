// Package stock is the output of oapi-codegen for the data plane's spec with
// default settings. This project's clients are compared with it. It is not in
// the repository: go generate ./stock in the parent folder writes it.
package stock

//go:generate go tool oapi-codegen -config config.yaml ../../../../openapi/2026-04/data.yaml
