//go:build generate

package tools

// The servers of the emulator, from the same specs and overlays as the clients.

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config emulator/internal/v2025_01/control/config.yaml ../openapi/2025-01/control.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config emulator/internal/v2025_01/data/config.yaml ../openapi/2025-01/data.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config emulator/internal/v2025_01/evaluation/config.yaml ../openapi/2025-01/evaluation.yaml

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config emulator/internal/v2026_04/control/config.yaml ../openapi/2026-04/control.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config emulator/internal/v2026_04/data/config.yaml ../openapi/2026-04/data.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config emulator/internal/v2026_04/evaluation/config.yaml ../openapi/2026-04/evaluation.yaml
