module github.com/pinecone-community/assistant-go

go 1.25.0
