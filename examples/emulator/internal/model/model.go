// Package model has the enumerations of the API: regions, states and kinds. They are
// the same in every version of the API.
package model

// Region is where an assistant is deployed.
type Region string

// Regions.
const (
	RegionUS Region = "us"
	RegionEU Region = "eu"
)

// AssistantStatus is the state of an assistant.
type AssistantStatus string

// States of an assistant.
const (
	AssistantStatusInitializing AssistantStatus = "Initializing"
	AssistantStatusReady        AssistantStatus = "Ready"
	AssistantStatusTerminating  AssistantStatus = "Terminating"
)

// FileStatus is the state of a file.
type FileStatus string

// States of a file.
const (
	FileStatusProcessing       FileStatus = "Processing"
	FileStatusAvailable        FileStatus = "Available"
	FileStatusDeleting         FileStatus = "Deleting"
	FileStatusProcessingFailed FileStatus = "ProcessingFailed"
)

// OperationType is the kind of an operation.
type OperationType string

// Kinds of operations.
const (
	OperationTypeUploadFile OperationType = "upload_file"
	OperationTypeUpsertFile OperationType = "upsert_file"
	OperationTypeDeleteFile OperationType = "delete_file"
)

// OperationStatus is the state of an operation.
type OperationStatus string

// States of an operation.
const (
	OperationStatusProcessing OperationStatus = "Processing"
	OperationStatusCompleted  OperationStatus = "Completed"
	OperationStatusFailed     OperationStatus = "Failed"
)

// Entailment is the relation of an answer to a fact.
type Entailment string

// Relations of an answer to a fact.
const (
	EntailmentEntailed     Entailment = "entailed"
	EntailmentContradicted Entailment = "contradicted"
	EntailmentNeutral      Entailment = "neutral"
)
