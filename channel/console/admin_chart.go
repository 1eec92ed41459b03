package console

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// chart is bars for each day, drawn as SVG: the stacked parts of a day are its values.
type chart struct {
	Key    string // the sentence that names it: chart.Key
	Series []series
	Days   []time.Time
	Write  func(n int64) string // how a value is written
	Mean   bool                 // values do not add up
}

type series struct {
	Key    string // the sentence that names it: chart.Key
	Values []int64
}

// The size of a chart in units of its own.
const (
	chartWide, chartHigh = 720, 200
	chartSide, chartFoot = 8, 22
)

// Total is the sum of a series, written out.
func (c *chart) Total(i int) string {
	var n int64
	for _, v := range c.Series[i].Values {
		n += v
	}
	return c.Write(n)
}

// Empty says that nothing happened.
func (c *chart) Empty() bool { return c.most() == 0 }

// most is the highest bar.
func (c *chart) most() (most int64) {
	for day := range c.Days {
		var sum int64
		for _, s := range c.Series {
			sum += s.Values[day]
		}
		most = max(most, sum)
	}
	return most
}

// Rows are the days on which something happened, newest first, for whoever reads figures.
func (c *chart) Rows() (rows []chartRow) {
	for day := len(c.Days) - 1; day >= 0; day-- {
		r, some := chartRow{Day: c.Days[day]}, false
		for _, s := range c.Series {
			r.Values = append(r.Values, c.Write(s.Values[day]))
			some = some || s.Values[day] != 0
		}
		if some {
			rows = append(rows, r)
		}
	}
	return rows
}

type chartRow struct {
	Day    time.Time
	Values []string
}

// SVG draws the bars. Colours come from the stylesheet; each bar says what it is when one points at it.
func (c *chart) SVG(title string) template.HTML {
	most := max(c.most(), 1)
	var b strings.Builder
	draw := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format, args...) } // into memory
	draw(`<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="%s" direction="ltr">`, chartWide, chartHigh+chartFoot, template.HTMLEscapeString(title))
	for _, part := range []int64{1, 2} {
		if most*part < 2 {
			continue // half of one is no value of its own
		}
		value := most * part / 2
		y := float64(chartHigh) * (1 - 0.92*float64(value)/float64(most))
		draw(`<line x1="0" x2="%d" y1="%.1f" y2="%.1f"></line><text x="0" y="%.1f">%s</text>`, chartWide, y, y, y-3, template.HTMLEscapeString(c.Write(value)))
	}
	draw(`<line x1="0" x2="%d" y1="%d" y2="%d" class="ground"></line>`, chartWide, chartHigh, chartHigh)
	step := float64(chartWide-2*chartSide) / float64(max(len(c.Days), 1))
	for day, at := range c.Days {
		foot := float64(chartHigh)
		for i, s := range c.Series {
			v := s.Values[day]
			if v <= 0 {
				continue
			}
			high := max(float64(chartHigh)*0.92*float64(v)/float64(most), 1)
			foot -= high
			draw(`<rect class="c%d" x="%.2f" y="%.2f" width="%.2f" height="%.2f"><title>%s: %s</title></rect>`,
				i+1, chartSide+float64(day)*step+step*0.1, foot, step*0.8, high, at.Format(time.DateOnly), template.HTMLEscapeString(c.Write(v)))
		}
	}
	for _, day := range labelled(len(c.Days)) {
		anchor := "middle"
		switch {
		case len(c.Days) == 1:
		case day == 0:
			anchor = "start"
		case day == len(c.Days)-1:
			anchor = "end"
		}
		draw(`<text class="day" x="%.1f" y="%d" text-anchor="%s">%s</text>`, chartSide+(float64(day)+0.5)*step, chartHigh+16, anchor, c.Days[day].Format(time.DateOnly))
	}
	draw(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // numbers, days and what is escaped
}

// labelled are the days under which their date stands: the first, the last and the one between.
func labelled(n int) []int {
	switch {
	case n == 0:
		return nil
	case n < 3:
		return []int{0, n - 1}[:n]
	}
	return []int{0, n / 2, n - 1}
}

// part is one line of a list of shares.
type part struct {
	Name  string
	N     int64
	Share float64 // of the largest, 0 to 100
}

// Bar draws the share.
func (p part) Bar() template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="c4" width="%.1f" height="8" rx="1"></rect></svg>`, p.Share)) //nolint:gosec // a number
}
