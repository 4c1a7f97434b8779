#include "kube/schema/quantity.h"

#include "pkg/base/text.h"

#include <string.h>

#define NANO         1000000000u
#define DIGITS_MAX   128       // more change nothing but that something is left to round up
#define EXPONENT_MAX 999999999 // beyond it nothing is left to tell apart
#define FAST_DIGITS  18 // numbers up to here Kubernetes keeps as an int64, and their text with them

static const char digits_only[] = "0123456789";

static const struct {
	const char *text;
	QuantityFormat format;
	int exponent; // of 10, or of 2
} suffixes[] = {
	{ "n", QUANTITY_DECIMAL_SI, -9 }, { "u", QUANTITY_DECIMAL_SI, -6 },
	{ "m", QUANTITY_DECIMAL_SI, -3 }, { "", QUANTITY_DECIMAL_SI, 0 },
	{ "k", QUANTITY_DECIMAL_SI, 3 },  { "M", QUANTITY_DECIMAL_SI, 6 },
	{ "G", QUANTITY_DECIMAL_SI, 9 },  { "T", QUANTITY_DECIMAL_SI, 12 },
	{ "P", QUANTITY_DECIMAL_SI, 15 }, { "E", QUANTITY_DECIMAL_SI, 18 },
	{ "Ki", QUANTITY_BINARY_SI, 10 }, { "Mi", QUANTITY_BINARY_SI, 20 },
	{ "Gi", QUANTITY_BINARY_SI, 30 }, { "Ti", QUANTITY_BINARY_SI, 40 },
	{ "Pi", QUANTITY_BINARY_SI, 50 }, { "Ei", QUANTITY_BINARY_SI, 60 },
};

// A number as decimal digits: digits[0] is the first and not 0, `point` of them stand before the decimal point (which
// may lie outside the digits). Exact but for `has_more`: there were digits behind these that were not all 0.
typedef struct Decimal {
	unsigned char digits[DIGITS_MAX + 64]; // 64: room for 60 doublings
	size_t count;
	int point;
	bool has_more;
} Decimal;

// What a quantity is written of.
typedef struct Parts {
	bool is_negative;
	Span whole; // without zeros in front
	Span fraction;
	const char *suffix;
	QuantityFormat format;
	int exponent;
	bool has_digits;
} Parts;

// e or E, then a signed number.
static bool parse_exponent(const char *text, int *ret)
{
	if (*text != 'e' && *text != 'E')
		return false;
	text++;
	const bool is_negative = *text == '-';
	if (*text == '-' || *text == '+')
		text++;
	if (!*text || !text_has_only(text, digits_only))
		return false;

	int value = 0;
	for (; *text; text++)
		value = value > EXPONENT_MAX / 10 ? EXPONENT_MAX : value * 10 + (*text - '0');
	*ret = is_negative ? -value : value;
	return true;
}

static bool parse_suffix(const char *text, QuantityFormat *format, int *exponent)
{
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		if (text_equal(text, suffixes[i].text)) {
			*format = suffixes[i].format;
			*exponent = suffixes[i].exponent;
			return true;
		}
	}
	*format = QUANTITY_DECIMAL_EXPONENT;
	return parse_exponent(text, exponent);
}

static const char *suffix_of(QuantityFormat format, int exponent)
{
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		if (suffixes[i].format == format && suffixes[i].exponent == exponent)
			return suffixes[i].text;
	}
	return "";
}

static void double_decimal(Decimal *decimal)
{
	unsigned carry = 0;
	for (size_t i = decimal->count; i > 0; i--) {
		const unsigned value = decimal->digits[i - 1] * 2u + carry;
		decimal->digits[i - 1] = (unsigned char)(value % 10);
		carry = value / 10;
	}
	if (carry == 0)
		return;
	memmove(decimal->digits + 1, decimal->digits, decimal->count);
	decimal->digits[0] = (unsigned char)carry;
	decimal->count++;
	decimal->point++;
}

static unsigned digit_at(const Decimal *decimal, int index)
{
	return index >= 0 && (size_t)index < decimal->count ? decimal->digits[index] : 0;
}

// Whole units and billionths, rounded away from zero, cut to 2^63-1. True when it was cut.
static bool decimal_value(const Decimal *decimal, uint64_t *ret_whole, uint32_t *ret_nano)
{
	const uint64_t max = INT64_MAX;
	const int count = (int)decimal->count;
	uint64_t whole = 0;
	bool is_huge = false;
	for (int i = 0; i < decimal->point && count > 0 && !is_huge; i++) {
		const unsigned digit = digit_at(decimal, i);
		is_huge = whole > (max - digit) / 10;
		whole = is_huge ? max : whole * 10 + digit;
	}
	uint32_t nano = 0;
	for (int i = 0; i < 9; i++)
		nano = nano * 10 + digit_at(decimal, decimal->point + i);
	bool has_rest = decimal->has_more;
	for (int i = decimal->point > -9 ? decimal->point + 9 : 0; i < count; i++)
		has_rest = has_rest || digit_at(decimal, i) != 0;

	if (has_rest && ++nano == NANO) {
		nano = 0;
		whole++;
	}
	const bool is_cut = is_huge || whole >= max;
	*ret_whole = is_cut ? max : whole;
	*ret_nano = is_cut ? 0 : nano;
	return is_cut;
}

static bool fail_pattern(Error *error)
{
	return error_set(error, ERROR_INVALID,
			 "quantities must match the regular expression "
			 "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}

static Span take_digits(const char **text)
{
	const Span digits = { *text, strspn(*text, digits_only) };
	*text += digits.len;
	return digits;
}

// Digits may be missing on either side of the point, and on both: Kubernetes takes "Gi" for 0.
static bool split(const char *text, Parts *ret)
{
	if (!*text)
		return false;
	*ret = (Parts){ .is_negative = *text == '-' };
	if (*text == '-' || *text == '+')
		text++;
	const size_t zeros = strspn(text, "0");
	text += zeros;
	ret->whole = take_digits(&text);
	if (*text == '.') {
		text++;
		ret->fraction = take_digits(&text);
	}
	ret->has_digits = zeros + ret->whole.len + ret->fraction.len > 0;
	ret->suffix = text;
	text += strspn(text, "eEinumkKMGTP");
	if (*text == '-' || *text == '+')
		text++;
	return text_has_only(text, digits_only);
}

static void add_digits(Decimal *decimal, Span digits)
{
	for (size_t i = 0; i < digits.len; i++) {
		const unsigned char digit = (unsigned char)(digits.ptr[i] - '0');
		if (decimal->count == 0 && digit == 0)
			decimal->point--;
		else if (decimal->count < DIGITS_MAX)
			decimal->digits[decimal->count++] = digit;
		else
			decimal->has_more = decimal->has_more || digit != 0;
	}
}

static Decimal decimal_of(const Parts *parts)
{
	Decimal decimal = { .point = (int)parts->whole.len };
	add_digits(&decimal, parts->whole);
	add_digits(&decimal, parts->fraction);
	if (parts->format != QUANTITY_BINARY_SI)
		decimal.point += parts->exponent;
	else
		for (int i = 0; i < parts->exponent; i++)
			double_decimal(&decimal);
	return decimal;
}

static size_t digit_count(const Parts *parts)
{
	return (parts->whole.len > 0 ? parts->whole.len : 1) + parts->fraction.len;
}

// The power of ten of the last digit.
static int scale_of(const Parts *parts)
{
	return parts->exponent - (int)parts->fraction.len;
}

// True when Kubernetes reads the number into an int64, else into a number of any size. Binary: so that the product fits.
static bool is_fast(const Parts *parts)
{
	if (parts->format == QUANTITY_BINARY_SI)
		return parts->fraction.len == 0 &&
		       digit_count(parts) + (size_t)parts->exponent * 3 / 10 < 15;
	return digit_count(parts) <= FAST_DIGITS && scale_of(parts) >= -9;
}

// Kubernetes keeps what was written when a quick look finds it canonical; that look takes "+1", "5." and "1E3" for it.
static bool is_text_kept(const Parts *parts, const Decimal *decimal)
{
	if (parts->whole.len == 0 || !is_fast(parts))
		return false;
	const Span whole = parts->whole;
	if (parts->format == QUANTITY_BINARY_SI) {
		unsigned rest = 0;
		for (size_t i = 0; i < whole.len; i++)
			rest = (rest * 10 + (unsigned)(whole.ptr[i] - '0')) % 8;
		return rest != 0;
	}
	// `digits` are all of them here.
	size_t zeros = 0;
	while (zeros < decimal->count && decimal->digits[decimal->count - 1 - zeros] == 0)
		zeros++;
	return scale_of(parts) % 3 == 0 && zeros < 3;
}

// A number beyond 2^63-1 as Kubernetes prints it: it has no bound for decimal ones.
static const char *print_huge(const Decimal *decimal, const Parts *parts, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	size_t count = decimal->count;
	while (decimal->digits[count - 1] == 0)
		count--;
	int exponent = decimal->point - (int)count;
	buffer_add(&text, parts->is_negative ? "-" : "");
	for (size_t i = 0; i < count; i++)
		buffer_add_char(&text, (char)('0' + decimal->digits[i]));
	for (; exponent % 3 != 0; exponent--)
		buffer_add_char(&text, '0');
	if (parts->format == QUANTITY_DECIMAL_SI && exponent <= 18)
		buffer_add(&text, suffix_of(QUANTITY_DECIMAL_SI, exponent));
	else if (exponent != 0)
		buffer_printf(&text, "e%d", exponent);
	return buffer_take(&text, arena);
}

static bool fail_number(Error *error)
{
	return error_set(error, ERROR_INVALID, "unable to parse numeric part of quantity");
}

bool quantity_parse(const char *text, Arena *arena, Quantity *ret, Error *error)
{
	text += strspn(text, " ");
	size_t length = strlen(text);
	while (length > 0 && text[length - 1] == ' ')
		length--;
	text = arena_strndup(arena, text, length);

	Parts parts = { 0 };
	if (!split(text, &parts))
		return fail_pattern(error);
	if (!parse_suffix(parts.suffix, &parts.format, &parts.exponent))
		return error_set(error, ERROR_INVALID, "unable to parse quantity's suffix");
	if (!parts.has_digits && !is_fast(&parts))
		return fail_number(error);

	Quantity quantity = { .is_negative = parts.is_negative, .format = parts.format };
	const Decimal decimal = decimal_of(&parts);
	const bool is_cut = decimal_value(&decimal, &quantity.whole, &quantity.nano);
	if (is_text_kept(&parts, &decimal))
		quantity.text = text;
	else if (is_cut && parts.format != QUANTITY_BINARY_SI)
		quantity.text = print_huge(&decimal, &parts, arena);
	if (quantity_is_zero(&quantity))
		quantity.is_negative = false;
	// As upstream: a binary fraction of one unit cannot be printed with a binary suffix.
	if (quantity.format == QUANTITY_BINARY_SI && quantity.whole == 0 && quantity.nano > 0)
		quantity.format = QUANTITY_DECIMAL_SI;
	*ret = quantity;
	return true;
}

// The value in units of 10^exponent with the largest exponent, a multiple of 3, that leaves no fraction.
static void largest_decimal_unit(const Quantity *quantity, uint64_t *ret_value, int *ret_exponent)
{
	if (quantity_is_zero(quantity)) {
		*ret_value = 0;
		*ret_exponent = 0;
		return;
	}
	uint64_t value = quantity->whole;
	int exponent = 0;
	uint32_t rest = quantity->nano;
	// Fractions: move three digits at a time in front of the point. whole * 10^9 may not fit: see below.
	while (rest > 0 && value <= (UINT64_MAX - 999) / 1000) {
		value = value * 1000 + rest / 1000000;
		rest = rest % 1000000 * 1000;
		exponent -= 3;
	}
	if (rest > 0)
		value++;
	while (value % 1000 == 0 && exponent < 18) {
		value /= 1000;
		exponent += 3;
	}
	*ret_value = value;
	*ret_exponent = exponent;
}

const char *quantity_print(const Quantity *quantity, Arena *arena)
{
	if (quantity->text)
		return quantity->text;
	const char *sign = quantity->is_negative ? "-" : "";
	uint64_t value = quantity->whole;
	int exponent = 0;
	// Binary quantities below 1024 or with a fraction are printed as decimals, as upstream does.
	if (quantity->format == QUANTITY_BINARY_SI && quantity->nano == 0 && value >= 1024) {
		while (value % 1024 == 0 && exponent < 60) {
			value /= 1024;
			exponent += 10;
		}
		return arena_printf(arena, "%s%llu%s", sign, (unsigned long long)value,
				    exponent > 0 ? suffix_of(QUANTITY_BINARY_SI, exponent) : "");
	}

	largest_decimal_unit(quantity, &value, &exponent);
	if (quantity->format == QUANTITY_DECIMAL_EXPONENT)
		return exponent == 0
			       ? arena_printf(arena, "%s%llu", sign, (unsigned long long)value)
			       : arena_printf(arena, "%s%llue%d", sign, (unsigned long long)value,
					      exponent);
	return arena_printf(arena, "%s%llu%s", sign, (unsigned long long)value,
			    suffix_of(QUANTITY_DECIMAL_SI, exponent));
}

static int compare_sizes(const Quantity *left, const Quantity *right)
{
	if (left->whole != right->whole)
		return left->whole < right->whole ? -1 : 1;
	if (left->nano != right->nano)
		return left->nano < right->nano ? -1 : 1;
	return 0;
}

int quantity_compare(const Quantity *left, const Quantity *right)
{
	if (left->is_negative != right->is_negative)
		return left->is_negative ? -1 : 1;
	return left->is_negative ? compare_sizes(right, left) : compare_sizes(left, right);
}

bool quantity_is_zero(const Quantity *quantity)
{
	return quantity->whole == 0 && quantity->nano == 0;
}

// `size` rounded up belongs to a positive quantity; a negative one is rounded up towards zero.
static int64_t with_sign(const Quantity *quantity, uint64_t size, bool has_rest)
{
	if (quantity->is_negative)
		return -(int64_t)size;
	return (int64_t)(size < (uint64_t)INT64_MAX && has_rest ? size + 1 : size);
}

int64_t quantity_units(const Quantity *quantity)
{
	return with_sign(quantity, quantity->whole, quantity->nano > 0);
}

int64_t quantity_milli(const Quantity *quantity)
{
	const uint32_t milli = quantity->nano / 1000000;
	if (quantity->whole > ((uint64_t)INT64_MAX - milli) / 1000)
		return quantity->is_negative ? -INT64_MAX : INT64_MAX;
	return with_sign(quantity, quantity->whole * 1000 + milli, quantity->nano % 1000000 > 0);
}

Quantity quantity_round_up_to_milli(const Quantity *quantity)
{
	Quantity rounded = *quantity;
	const uint32_t rest = rounded.nano % 1000000;
	if (rest == 0)
		return rounded;
	rounded.text = NULL;
	rounded.nano -= rest;
	if (!rounded.is_negative)
		rounded.nano += 1000000;
	if (rounded.nano == NANO) {
		rounded.nano = 0;
		if (rounded.whole < (uint64_t)INT64_MAX)
			rounded.whole++;
	}
	if (quantity_is_zero(&rounded))
		rounded.is_negative = false;
	return rounded;
}
