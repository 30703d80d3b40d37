package main

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

//go:embed questions.csv
var sampleRows string

type row struct {
	line                    int
	question, answer, truth string
	metrics                 *evaluation.Metrics // nil until scored
}

// readRows reads a file: "-" means in, "" the sample. Its error names all
// invalid rows.
func readRows(name string, in io.Reader) (rows []*row, err error) {
	if name == "" {
		in = strings.NewReader(sampleRows)
	} else if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	reader := csv.NewReader(in)
	header, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("no header row: %w", err)
	}
	header[0] = strings.TrimPrefix(header[0], "\uFEFF") // spreadsheets write a byte-order mark
	question, answer, truth := slices.Index(header, "question"), slices.Index(header, "answer"), slices.Index(header, "ground_truth")
	if min(question, answer, truth) < 0 {
		return nil, fmt.Errorf("the columns are %q, want question, answer and ground_truth", header)
	}
	reader.FieldsPerRecord = -1 // report all invalid rows, not only the first
	var bad []error
	for {
		record, err := reader.Read()
		switch {
		case errors.Is(err, io.EOF) && len(rows)+len(bad) == 0:
			return nil, errors.New("no rows below the header")
		case errors.Is(err, io.EOF):
			return rows, errors.Join(bad...)
		case err != nil:
			return nil, errors.Join(append(bad, err)...)
		}
		line, _ := reader.FieldPos(0)
		for i, field := range record {
			record[i] = strings.TrimSpace(field)
		}
		if len(record) != len(header) || record[question] == "" || record[truth] == "" {
			bad = append(bad, fmt.Errorf("line %d: want %d fields, with a question and a ground_truth", line, len(header)))
			continue
		}
		rows = append(rows, &row{line: line, question: record[question], answer: record[answer], truth: record[truth]})
	}
}

func writeTable(out io.Writer, rows []*row) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "line\tcorrectness\tcompleteness\talignment\tquestion")
	var mean evaluation.Metrics
	for _, r := range rows {
		m := r.metrics
		fmt.Fprintf(table, "%d\t%.2f\t%.2f\t%.2f\t%s\n", r.line, m.Correctness, m.Completeness, m.Alignment, strings.Join(strings.Fields(r.question), " "))
		mean.Correctness += m.Correctness / float32(len(rows))
		mean.Completeness += m.Completeness / float32(len(rows))
		mean.Alignment += m.Alignment / float32(len(rows))
	}
	fmt.Fprintf(table, "mean\t%.2f\t%.2f\t%.2f\n", mean.Correctness, mean.Completeness, mean.Alignment)
	return table.Flush()
}

func writeCSV(out io.Writer, rows []*row) error {
	records := [][]string{{"question", "answer", "ground_truth", "correctness", "completeness", "alignment"}}
	for _, r := range rows {
		m := r.metrics
		records = append(records, []string{r.question, r.answer, r.truth, fmt.Sprint(m.Correctness), fmt.Sprint(m.Completeness), fmt.Sprint(m.Alignment)})
	}
	return csv.NewWriter(out).WriteAll(records)
}
