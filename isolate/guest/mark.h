// isolate/guest/mark.h - what keeps the ends of an application's lines on their way through the journal.
// journald drops white space at the end of a line, and lines that are empty then (journald-stream.c, systemd 252). Such
// lines get a mark behind them (isolate/guest/app/pump.c), and so do those that end with a mark; readers take one back
// (isolate/journal/voice.c). Carriage returns at the end are lost.
#ifndef ISOLATE_GUEST_MARK_H
#define ISOLATE_GUEST_MARK_H

#define LINE_MARK "\xe2\x80\x8b" // U+200B, zero width space: journalctl shows nothing there

enum {
	LINE_MARK_BYTES = sizeof(LINE_MARK) - 1,
};

#endif
