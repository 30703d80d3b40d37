package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	labelWidth = 24
	lineWidth  = 100
)

// printer writes the steps of the tour, with what came of them in a column.
type printer struct {
	out   io.Writer
	steps int
}

func (p *printer) say(format string, args ...any) {
	for _, line := range wrap(fmt.Sprintf(format, args...), lineWidth) {
		fmt.Fprintln(p.out, line)
	}
}

func (p *printer) step(call, what string) {
	p.steps++
	fmt.Fprintf(p.out, "\n%2d. %s: %s\n", p.steps, call, what)
}

func (p *printer) field(label, format string, args ...any) {
	for _, line := range wrap(fmt.Sprintf(format, args...), lineWidth-labelWidth-6) {
		fmt.Fprintf(p.out, "    %-*s  %s\n", labelWidth, label, line)
		label = ""
	}
}

// wrap breaks a text into lines between words.
func wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) > width:
			lines = append(lines, word)
		default:
			*last += " " + word
		}
	}
	return lines
}

// shorten cuts a text to what fits on two lines or so.
func shorten(text string) string {
	const most = 130
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}
