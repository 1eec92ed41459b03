package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// campaign is a template and the rows of a file that it goes to.
type campaign struct {
	name    string // what makes the keys of its messages unlike those of others
	file    string
	def     *template.Definition
	columns map[string]string // column by value, where they have other names
	toName  string            // column of the recipient
	people  string            // column of the person's name, "" if there is none
	rows    []row
	faults  []rowFault

	left     map[message.Recipient]bool // who is left out
	excluded int
}

// row is one recipient.
type row struct {
	line   int
	to     message.Recipient
	name   string
	values template.Values
	state  string // see the states below
	code   int    // Meta's, of what failed
	why    string
	id     string // the hub's id of the message
}

// rowFault is what is wrong with one cell.
type rowFault struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	Text   string `json:"text"`
}

// String is the line that people read.
func (f rowFault) String() string {
	return fmt.Sprintf("line %d, column %s: %s", f.Line, f.Column, f.Text)
}

// recipientColumns are the names that a column of recipients may have.
var recipientColumns = []string{"to", "phone", "number", "recipient", "whatsapp"}

// maxFaults bounds how many faults are kept: a file whose columns are mixed up has one
// in every row.
const maxFaults = 1000

// read reads and checks every row. The error says why the file is none at all; faults of
// rows are collected.
func (c *campaign) read(in io.Reader) error {
	records, before, err := csvReader(in)
	if err != nil {
		return csvProblem(c.file, before, err)
	}
	header, err := records.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s is empty: its first line names the columns", c.file)
	}
	if err != nil {
		return csvProblem(c.file, before, err)
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	places, err := c.places(header)
	if err != nil {
		return err
	}
	seen := map[message.Recipient]int{}
	for {
		cells, err := records.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return csvProblem(c.file, before, err)
		}
		line, _ := records.FieldPos(0)
		line += before
		if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
			continue
		}
		if len(cells) != len(header) {
			c.fault(line, "-", fmt.Sprintf("the row has %s, the header %d; is a cell with a comma not in quotes?", plural(len(cells), "cell"), len(header)))
			continue
		}
		c.row(line, cells, places, seen)
	}
	if len(c.rows)+len(c.faults)+c.excluded == 0 {
		return fmt.Errorf("%s has a header and no rows", c.file)
	}
	return nil
}

// csvReader reads commas, semicolons or tabs, whichever the header has most of, or what a
// first line sep= says. It passes over the mark that spreadsheets put before UTF-8. first is
// how many lines stand before the header.
func csvReader(in io.Reader) (records *csv.Reader, first int, err error) {
	b := bufio.NewReaderSize(in, 64<<10)
	if mark, _ := b.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3)
	}
	head, err := b.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return nil, 0, errUTF16
	}
	line, _, more := bytes.Cut(head, []byte("\n"))
	length := len(line)
	line = bytes.TrimSuffix(line, []byte("\r"))
	switch {
	case bytes.IndexByte(line, 0) >= 0, len(line) < len(head) && !utf8.Valid(line):
		return nil, 0, errNotUTF8
	case bytes.IndexByte(line, '\r') >= 0:
		return nil, 0, errOldLines
	}
	comma := separator(line)
	if sep, ok := bytes.CutPrefix(line, []byte("sep=")); ok && len(sep) == 1 && more {
		comma, first = rune(sep[0]), 1
		_, _ = b.Discard(length + 1)
	}
	r := csv.NewReader(b)
	r.Comma, r.FieldsPerRecord = comma, -1
	return r, first, nil
}

// What a file is when it is no CSV in UTF-8.
var (
	errUTF16    = errors.New("the file is UTF-16; save it as CSV in UTF-8 again")
	errNotUTF8  = errors.New("the file is not in UTF-8: save it as CSV in UTF-8 again")
	errOldLines = errors.New("the lines end as they did on old Macs: save the file as CSV in UTF-8 again")
)

// separator is what a header separates its columns with; what stands in quotes does not count.
func separator(header []byte) rune {
	counts, quoted := map[rune]int{}, false
	for _, c := range string(header) {
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[c]++
		}
	}
	best := ','
	for _, c := range ";\t" {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

func csvProblem(file string, before int, err error) error {
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return fmt.Errorf("%s, line %d: %w; save it as CSV in UTF-8 again", file, parse.StartLine+before, parse.Err)
	}
	return fmt.Errorf("%s cannot be read: %w", file, err)
}

// place is where a value stands in a row.
type places struct {
	to, name int // name is -1 if there is none
	values   map[string]int
	header   []string
}

// places finds the columns that are needed; every one that is missing is named.
func (c *campaign) places(header []string) (places, error) {
	find := func(name string) int {
		return slices.IndexFunc(header, func(have string) bool { return strings.EqualFold(have, name) })
	}
	at := places{to: -1, name: -1, values: map[string]int{}, header: header}
	for i, name := range header {
		if name != "" && find(name) != i {
			return at, fmt.Errorf("%s has two columns %s: rename one, so that it is clear which is meant", c.file, name)
		}
	}
	var missing []string
	if c.toName != "" {
		at.to = find(c.toName)
	} else {
		for _, name := range recipientColumns {
			if at.to = find(name); at.to >= 0 {
				break
			}
		}
	}
	if at.to < 0 {
		missing = append(missing, firstOf(c.toName, "to"))
	}
	if c.people != "" {
		if at.name = find(c.people); at.name < 0 {
			missing = append(missing, c.people)
		}
	}
	for _, v := range valuesOf(c.def) {
		column := firstOf(c.columns[v.Name], v.Name)
		i := find(column)
		switch {
		case i >= 0:
			at.values[v.Name] = i
		case v.Required || c.columns[v.Name] != "":
			missing = append(missing, column)
		}
	}
	if missing != nil && slices.ContainsFunc(header, isNumber) {
		return at, fmt.Errorf("the first line of %s holds a person already: put a line above it that names the columns, such as %s", c.file, strings.Join(missing, ","))
	}
	if missing != nil {
		return at, fmt.Errorf("%s has no column %s; its columns are %s: rename them, or say which is meant with --column VALUE=COLUMN", c.file, strings.Join(missing, ", "), strings.Join(header, ", "))
	}
	return at, nil
}

// isNumber reports whether a cell of a header is none: it holds a recipient.
func isNumber(cell string) bool {
	_, err := recipientOf(cell)
	return err == nil
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// row checks one row and adds it, or says what is wrong with it.
func (c *campaign) row(line int, cells []string, at places, seen map[message.Recipient]int) {
	good := true
	bad := func(column int, text string) {
		good = false
		c.fault(line, at.header[column], text)
	}
	for i, cell := range cells {
		if !utf8.ValidString(cell) {
			bad(i, "the cell is not in UTF-8: save the file as CSV in UTF-8 again")
		} else if strings.ContainsFunc(cell, isControl) {
			bad(i, "the cell holds a control character")
		}
	}
	if !good {
		return
	}
	r := row{line: line}
	var err error
	if r.to, err = recipientOf(cells[at.to]); err != nil {
		bad(at.to, err.Error())
	} else {
		same := alike(r.to)
		if c.left[same] {
			c.excluded++
			return
		}
		if first := seen[same]; first > 0 {
			bad(at.to, fmt.Sprintf("the same recipient as in line %d", first))
		} else {
			seen[same] = line
		}
	}
	if at.name >= 0 {
		r.name = strings.TrimSpace(cells[at.name])
	}
	values, err := c.def.Fill(func(in template.Input) string {
		if i, ok := at.values[labelOf(in)]; ok {
			return strings.TrimSpace(cells[i])
		}
		return ""
	})
	if err == nil {
		_, _, err = c.def.Bind(values)
	}
	if bind, ok := errors.AsType[*template.BindError](err); ok {
		good = false
		for _, problem := range bind.Problems {
			c.fault(line, c.columnOf(problem.Path, at), problem.Sentence())
		}
	} else if err != nil {
		bad(at.to, sentence(err))
	}
	if r.values = values; good {
		c.rows = append(c.rows, r)
	}
}

// alike is the same for all ways to write a recipient.
func alike(to message.Recipient) message.Recipient {
	to.Phone = strings.TrimPrefix(to.Phone, "+")
	return to
}

// leftOut reads who is left out: every cell that is a recipient. A row without one is a heading, if
// it is the first and has no number that was written in another way, or it is an error, since a
// person must not be missed.
func leftOut(files []string) (map[message.Recipient]bool, error) {
	left := map[message.Recipient]bool{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		records, before, err := csvReader(f)
		for line := 1; err == nil; line++ {
			var cells []string
			if cells, err = records.Read(); err != nil {
				break
			}
			found := false
			for _, cell := range cells { // an account number may look like a phone number, and stand before it
				if to, err := recipientOf(cell); err == nil {
					left[alike(to)], found = true, true
				}
			}
			if !found && (line > 1 || slices.ContainsFunc(cells, likeNumber)) {
				err = fmt.Errorf("%s, line %d: there is no phone number and no BSUID, so that nobody knows who is left out", file, line)
			}
		}
		_ = f.Close()
		if !errors.Is(err, io.EOF) {
			return nil, csvProblem(file, before, err)
		}
	}
	return left, nil
}

// likeNumber reports whether a cell has digits as a phone number has, and no word.
func likeNumber(cell string) bool {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || unicode.IsLetter(r) {
			return r
		}
		return -1
	}, cell)
	return len(digits) > 5 && strings.Trim(digits, "0123456789") == ""
}

// columnOf is the column that fills a place of the template.
func (c *campaign) columnOf(path string, at places) string {
	for _, in := range c.def.Inputs() {
		if in.Path == path {
			if i, ok := at.values[labelOf(in)]; ok {
				return at.header[i]
			}
			return labelOf(in)
		}
	}
	return firstOf(path, "-")
}

// isControl reports whether a character is for machines; those that are refused with a sentence
// of their own, line breaks and tabs, do not count.
func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }

func (c *campaign) fault(line int, column, text string) {
	if len(c.faults) < maxFaults {
		c.faults = append(c.faults, rowFault{line, column, text})
	}
}
