// pkg/base/calendar.h - dates and zones as digits. Each of these takes its part off the front of *rest, or returns false.
#ifndef PKG_BASE_CALENDAR_H
#define PKG_BASE_CALENDAR_H

#include "pkg/base/base.h"

typedef struct CalendarDate {
	int year;
	int month; // 1..12
	int day;   // 1..31, as the month has them
} CalendarDate;

// Of a month 1..12.
int calendar_days_of_month(int year, int month);

// One of the characters.
bool calendar_take_char(const char **rest, const char *allowed);
// Exactly `digits` digits that make a number in min..max.
bool calendar_take_number(const char **rest, unsigned digits, int min, int max, int *ret);
// "2026-01-31", in the years year_min..9999.
bool calendar_take_date(const char **rest, int year_min, CalendarDate *ret);
// One of the characters in `zulu`, or "+02:00". ret: seconds east of Greenwich.
bool calendar_take_zone(const char **rest, const char *zulu, int *ret);

#endif
