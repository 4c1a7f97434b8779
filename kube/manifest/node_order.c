#include "kube/manifest/node_order.h"

#include "kube/schema/quantity.h"

#define DIGITS "0123456789"

static int order_of(bool is_less, bool is_more)
{
	return is_more - is_less;
}

// --- texts

// A run of digits: without the zeros before it, and how many those were.
typedef struct Digits {
	const char *text;
	size_t zeros;
	size_t length;
} Digits;

static Digits take_digits(const char **text)
{
	const size_t zeros = strspn(*text, "0");
	const Digits digits = { *text + zeros, zeros, strspn(*text + zeros, DIGITS) };
	*text += zeros + digits.length;
	return digits;
}

static int compare_digits(Digits left, Digits right)
{
	if (left.length != right.length)
		return order_of(left.length<right.length, left.length> right.length);
	const int order = memcmp(left.text, right.text, left.length);
	return order != 0 ? order : order_of(left.zeros<right.zeros, left.zeros> right.zeros);
}

static bool is_digit(char character)
{
	return character && strchr(DIGITS, character);
}

// Digits come before other characters, which are compared as bytes.
static int compare_natural(const char *left, const char *right)
{
	while (*left && *right) {
		int order = 0;
		if (is_digit(*left) != is_digit(*right))
			return is_digit(*left) ? -1 : 1;
		if (is_digit(*left)) {
			order = compare_digits(take_digits(&left), take_digits(&right));
		} else {
			order = (unsigned char)*left++ - (unsigned char)*right++;
		}
		if (order != 0)
			return order;
	}
	return order_of(*right != 0, *left != 0); // what ends comes first
}

static int compare_values(const char *left, const char *right)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_ERROR ignored = { 0 }; // then they are no quantities
	Quantity first = { 0 };
	Quantity second = { 0 };
	if (quantity_parse(left, scratch, &first, &ignored) &&
	    quantity_parse(right, scratch, &second, &ignored))
		return quantity_compare(&first, &second);
	return compare_natural(left, right);
}

// --- any values

static bool is_number(const YamlNode *node)
{
	return node->kind == YAML_INTEGER || node->kind == YAML_FLOAT;
}

static int compare_numbers(const YamlNode *left, const YamlNode *right)
{
	if (left->kind == YAML_INTEGER && right->kind == YAML_INTEGER)
		return order_of(left->integer<right->integer, left->integer> right->integer);
	const double first = left->kind == YAML_FLOAT ? left->real : (double)left->integer;
	const double second = right->kind == YAML_FLOAT ? right->real : (double)right->integer;
	return order_of(first<second, first> second);
}

bool node_has_order(const YamlNode *node)
{
	return node->kind != YAML_LIST && node->kind != YAML_MAP;
}

int node_compare(const YamlNode *left, const YamlNode *right)
{
	if (!left || !right)
		return order_of(!left && right, left && !right);
	if (is_number(left) && is_number(right))
		return compare_numbers(left, right);
	if (left->kind != right->kind)
		return order_of(left->kind<right->kind, left->kind> right->kind);
	if (left->kind == YAML_BOOL)
		return order_of(left->boolean<right->boolean, left->boolean> right->boolean);
	return left->kind == YAML_TEXT ? compare_values(left->text, right->text) : 0;
}
