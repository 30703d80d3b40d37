//go:build generate

package tools

//go:generate go run ./openapi/generate openapi/2025-01
//go:generate go run ./openapi/generate openapi/2025-10
//go:generate go run ./openapi/generate openapi/2026-04
//go:generate go run ./openapi/generate openapi/2026-07
