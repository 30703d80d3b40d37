module example.com/importer

go 1.26.0

replace github.com/pinecone-community/assistant-go => ../../../..
