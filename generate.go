//go:build generate

package tools

// What is generated, and from what. For each plane of a version: the models and
// the stock client. Then, for the version: the typed layers and the index.

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config openapi/2025-01/control.config.yaml openapi/2025-01/control.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config openapi/2025-01/data.config.yaml openapi/2025-01/data.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config openapi/2025-01/evaluation.config.yaml openapi/2025-01/evaluation.yaml
//go:generate go run ./openapi/typed openapi/2025-01

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config openapi/2026-04/control.config.yaml openapi/2026-04/control.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config openapi/2026-04/data.config.yaml openapi/2026-04/data.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config openapi/2026-04/evaluation.config.yaml openapi/2026-04/evaluation.yaml
//go:generate go run ./openapi/typed openapi/2026-04

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config openapi/2026-07/control.config.yaml openapi/2026-07/control.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config openapi/2026-07/data.config.yaml openapi/2026-07/data.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config openapi/2026-07/evaluation.config.yaml openapi/2026-07/evaluation.yaml
//go:generate go run ./openapi/typed openapi/2026-07
