package emulator

import (
	"fmt"
	"maps"
	"slices"
)

// Plan is a pricing plan of the service.
type Plan string

// Plans.
const (
	Starter    Plan = "starter"
	Builder    Plan = "builder"
	Standard   Plan = "standard"
	Enterprise Plan = "enterprise"
)

// ParsePlan returns the plan with a name. An unknown name is an error.
func ParsePlan(name string) (Plan, error) {
	if plan := Plan(name); plans[plan] != nil {
		return plan, nil
	}
	return "", fmt.Errorf("unknown plan %q, want one of %v", name, slices.Sorted(maps.Keys(plans)))
}

// limits are the limits of a plan. 0 stands for no limit, except for the sizes and the
// files.
type limits struct {
	pdfBytes        int64
	multimodalBytes int64 // of a multimodal PDF
	files           int   // per assistant
	assistants      int   // per project
	storage         int64 // bytes per project
	perMinute       map[group]int
	chatTokens      int // tokens of chat input per minute
	perMonth        map[meter]int
}

// meter is a quantity with a monthly quota.
type meter string

const (
	chatInput      meter = "tokens of chat input"
	chatOutput     meter = "tokens of chat output"
	contextTokens  meter = "tokens of context"
	ingestionUnits meter = "ingestion units"
)

// group is a group of operations that share a rate limit.
type group string

const (
	readAssistants   group = "list and get assistants"
	writeAssistants  group = "create and update assistants"
	deleteAssistants group = "delete assistants"
	describeFiles    group = "get files"
	listFiles        group = "list files"
	uploadFiles      group = "upload files"
	deleteFiles      group = "delete files"
)

// groups maps operations to their groups. That an upsert counts as an upload is inferred.
// No rate limit is documented for operations, retrievals and evaluations; that of chats is
// in tokens.
var groups = map[string]group{
	"ListAssistants":    readAssistants,
	"DescribeAssistant": readAssistants,
	"CreateAssistant":   writeAssistants,
	"UpdateAssistant":   writeAssistants,
	"DeleteAssistant":   deleteAssistants,
	"DescribeFile":      describeFiles,
	"ListFiles":         listFiles,
	"UploadFile":        uploadFiles,
	"UpsertFile":        uploadFiles,
	"DeleteFile":        deleteFiles,
}

// plans has the limits that Pinecone documented in 2026 at
// https://docs.pinecone.io/reference/api/assistant/assistant-limits. Limits that all plans
// share apply also without a plan, see maxFileBytes, maxMultimodalPages, maxText and
// store.MaxFilterValues. The rates, the sizes and the number of files of Builder are not
// known: it has no rate limits, and the sizes and the number of files of Standard.
var plans = map[Plan]*limits{
	Starter: {
		pdfBytes: 10 << 20, multimodalBytes: 10 << 20, files: 100, assistants: 5,
		perMinute: map[group]int{
			readAssistants: 40, writeAssistants: 20, deleteAssistants: 20,
			describeFiles: 100, listFiles: 50, uploadFiles: 5, deleteFiles: 5,
		},
		chatTokens: 100_000,
		storage:    1 << 30,
		perMonth:   map[meter]int{chatInput: 500_000, chatOutput: 300_000, contextTokens: 500_000, ingestionUnits: 1_000},
	},
	Builder: {
		pdfBytes: 100 << 20, multimodalBytes: 50 << 20, files: 10_000, assistants: 200,
		storage:  3 << 30,
		perMonth: map[meter]int{chatInput: 2_000_000, chatOutput: 1_000_000, contextTokens: 2_000_000, ingestionUnits: 10_000},
	},
	Standard: {
		pdfBytes: 100 << 20, multimodalBytes: 50 << 20, files: 10_000,
		perMinute: map[group]int{
			readAssistants: 100, writeAssistants: 50, deleteAssistants: 50,
			describeFiles: 300, listFiles: 150, uploadFiles: 20, deleteFiles: 20,
		},
		chatTokens: 300_000,
	},
	Enterprise: {
		pdfBytes: 100 << 20, multimodalBytes: 50 << 20, files: 10_000,
		perMinute: map[group]int{
			readAssistants: 500, writeAssistants: 100, deleteAssistants: 100,
			describeFiles: 6_000, listFiles: 3_000, uploadFiles: 300, deleteFiles: 300,
		},
		chatTokens: 1_000_000,
	},
}

// maxHistory is the limit of the messages of a chat in tokens, in every plan.
const maxHistory = 64_000
