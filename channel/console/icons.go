package console

// icons are drawn with strokes in a square of 20, in the colour of the text around them.
var icons = map[string]string{
	"send":     `<path d="M3 3l14 7-14 7 2.6-7zM5.6 10H17"/>`,
	"file":     `<path d="M14.5 9.5l-5 5a3 3 0 0 1-4.2-4.2l6-6a2 2 0 0 1 2.9 2.9l-6 6a1 1 0 0 1-1.4-1.5l5-5"/>`,
	"smile":    `<circle cx="10" cy="10" r="7.2"/><path d="M7 12a3.6 3.6 0 0 0 6 0M7.6 8v.1M12.4 8v.1"/>`,
	"template": `<path d="M4 3.5h12v13H4zM7 7.5h6M7 10.5h6M7 13.5h3"/>`,
	"note":     `<path d="M4 3.5h12v9l-4 4H4zM16 12.5h-4v4"/>`,
	"search":   `<circle cx="9" cy="9" r="5.5"/><path d="M13 13l4 4"/>`,
	"back":     `<path d="M12 4l-6 6 6 6"/>`,
	"info":     `<circle cx="10" cy="10" r="7.2"/><path d="M10 9v5M10 6.2v.1"/>`,
	"reply":    `<path d="M8 5L3.5 9.5 8 14M4 9.5h7a5 5 0 0 1 5 5"/>`,
	"check":    `<path d="M4 10.5l4 4 8-9"/>`,
	"close":    `<path d="M5 5l10 10M15 5L5 15"/>`,
	"place":    `<path d="M10 17.5s5.5-5 5.5-9a5.5 5.5 0 0 0-11 0c0 4 5.5 9 5.5 9z"/><circle cx="10" cy="8.5" r="2"/>`,
	"card":     `<rect x="2.5" y="4.5" width="15" height="11" rx="1.5"/><circle cx="7" cy="9" r="1.8"/><path d="M4.5 13.5a2.6 2.6 0 0 1 5 0M12 8.5h3M12 11.5h3"/>`,
	"call":     `<path d="M5 3.5l2.5 3.6-1.4 1.7a9 9 0 0 0 5 5l1.8-1.4 3.6 2.5-1.6 2A12 12 0 0 1 3.1 5z"/>`,
	"cart":     `<path d="M3 4h2l1.8 8.5h7.6L16.5 6H5.6"/><circle cx="7.5" cy="15.5" r="1"/><circle cx="13.5" cy="15.5" r="1"/>`,
	"warning":  `<path d="M10 3.5l7.5 13h-15zM10 8.5v4M10 14.4v.1"/>`,
	"filter":   `<path d="M3 5h14M6 10h8M9 15h2"/>`,
	"clock":    `<circle cx="10" cy="10" r="7.2"/><path d="M10 6v4.2l3 1.8"/>`,
	"plus":     `<path d="M10 4v12M4 10h12"/>`,
	"person":   `<circle cx="10" cy="7" r="3"/><path d="M4 16.5a6 6 0 0 1 12 0"/>`,
}
