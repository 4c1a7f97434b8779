#include "pkg/base/calendar.h"

#include <string.h>

int calendar_days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

bool calendar_take_char(const char **rest, const char *allowed)
{
	if (**rest == '\0' || !strchr(allowed, **rest))
		return false;
	(*rest)++;
	return true;
}

bool calendar_take_number(const char **rest, unsigned digits, int min, int max, int *ret)
{
	int value = 0;
	for (unsigned i = 0; i < digits; i++, (*rest)++) {
		if (**rest < '0' || **rest > '9')
			return false;
		value = value * 10 + (**rest - '0');
	}
	*ret = value;
	return value >= min && value <= max;
}

bool calendar_take_date(const char **rest, int year_min, CalendarDate *ret)
{
	return calendar_take_number(rest, 4, year_min, 9999, &ret->year) &&
	       calendar_take_char(rest, "-") && calendar_take_number(rest, 2, 1, 12, &ret->month) &&
	       calendar_take_char(rest, "-") &&
	       calendar_take_number(rest, 2, 1, calendar_days_of_month(ret->year, ret->month),
				    &ret->day);
}

bool calendar_take_zone(const char **rest, const char *zulu, int *ret)
{
	int hours = 0, minutes = 0;
	*ret = 0;
	if (calendar_take_char(rest, zulu))
		return true;
	const int sign = **rest == '-' ? -1 : 1;
	if (!calendar_take_char(rest, "+-") || !calendar_take_number(rest, 2, 0, 23, &hours) ||
	    !calendar_take_char(rest, ":") || !calendar_take_number(rest, 2, 0, 59, &minutes))
		return false;
	*ret = sign * (hours * 3600 + minutes * 60);
	return true;
}
