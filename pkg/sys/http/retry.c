#include "pkg/sys/http/retry.h"

#include "pkg/base/moment.h"
#include "pkg/base/number.h"
#include "pkg/base/text.h"
#include "pkg/sys/crypto.h"
#include "pkg/sys/interrupt.h"

// A server that is busy says so for seconds; one that cannot be reached most likely stays so.
#define BUSY_TRIES_MAX   6
#define BROKEN_TRIES_MAX 4
#define SILENT_TRIES_MAX 2
#define WAIT_FIRST_MS    UINT64_C(200)
#define WAIT_LONGEST_MS  UINT64_C(10000)
#define AFTER_MAX_S      (7 * 24 * 3600)
// A signal may wake another thread than the one that waits.
#define STEP_US UINT64_C(200000)

static bool is_busy(int status)
{
	return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

uint64_t http_retry_after_ms(const HttpResponse *response)
{
	CLEANUP_ERROR no_number = { 0 };
	CLEANUP_ERROR no_date = { 0 };
	uint32_t seconds = 0;
	uint64_t then_us = 0;
	const char *asked = http_header(response, "Retry-After", 0);
	if (!asked)
		return 0;
	if (number_parse_u32(asked, "Retry-After", AFTER_MAX_S, &seconds, &no_number))
		return (uint64_t)seconds * 1000;
	if (!moment_parse_http(asked, "Retry-After", &then_us, &no_date))
		return 0;
	// By the server's clock, if it tells the time.
	CLEANUP_ERROR no_clock = { 0 };
	uint64_t now_us = moment_now_us();
	const char *date = http_header(response, "Date", 0);
	if (date && !moment_parse_http(date, "Date", &now_us, &no_clock))
		now_us = moment_now_us();
	return then_us > now_us ? (then_us - now_us) / 1000 : 0;
}

// 200, 400, 800 … ms, each by up to a half shorter or longer.
static bool back_off_ms(unsigned tries, uint64_t *ret, Error *error)
{
	uint16_t chance = 0;
	uint64_t wait_ms = WAIT_FIRST_MS;
	if (!crypto_random(&chance, sizeof(chance), error))
		return false;
	for (unsigned i = 1; i < tries && wait_ms < WAIT_LONGEST_MS; i++)
		wait_ms *= 2;
	*ret = wait_ms / 2 + wait_ms * chance / UINT16_MAX;
	return true;
}

static bool pause_for(uint64_t ms, Error *error)
{
	for (uint64_t left_us = ms * 1000; left_us > 0;) {
		const uint64_t step_us = left_us < STEP_US ? left_us : STEP_US;
		int ready = 0;
		if (!interrupt_poll(NULL, 0, step_us, &ready, error))
			return false;
		left_us -= step_us;
	}
	return true;
}

static bool can_wait(const HttpPatience *patience, uint64_t ms)
{
	return patience->waited_ms < patience->wait_max_ms &&
	       ms <= patience->wait_max_ms - patience->waited_ms;
}

// Sleeps for the back-off, or for what the server asks for if that is longer. False in *ret_waited: no patience is left.
static bool wait_before(HttpPatience *patience, unsigned tries, uint64_t asked_ms, bool *ret_waited,
			Error *error)
{
	uint64_t wait_ms = 0;
	*ret_waited = false;
	if (!back_off_ms(tries, &wait_ms, error))
		return false;
	if (wait_ms < asked_ms)
		wait_ms = asked_ms;
	if (!can_wait(patience, wait_ms))
		return true;
	patience->waited_ms += wait_ms;
	*ret_waited = true;
	return pause_for(wait_ms, error);
}

bool http_retry_wait(HttpPatience *patience, unsigned tries, Error *error)
{
	bool has_waited = false;
	return wait_before(patience, tries, 0, &has_waited, error);
}

static bool is_worth_a_try(const HttpClient *client, const HttpResponse *response,
			   const Error *failure, unsigned tries)
{
	if (response)
		return is_busy(http_status(response)) && tries < BUSY_TRIES_MAX;
	return http_failure(client) == HTTP_FAILURE_PASSING &&
	       tries < (failure->code == ERROR_TIMEOUT ? SILENT_TRIES_MAX : BROKEN_TRIES_MAX);
}

bool http_retry_open(HttpClient *client, const HttpRequest *request, HttpPatience *patience,
		     HttpResponse **ret, Error *error)
{
	for (unsigned tries = 1;; tries++) {
		CLEANUP_HTTP_RESPONSE response = NULL;
		CLEANUP_ERROR failure = { 0 };
		const bool is_answered = http_open(client, request, &response, &failure);
		const uint64_t asked_ms = is_answered ? http_retry_after_ms(response) : 0;
		bool has_waited = false;
		if (is_worth_a_try(client, response, &failure, tries) &&
		    !wait_before(patience, tries, asked_ms, &has_waited, error))
			return false;
		if (has_waited)
			continue;
		if (!is_answered)
			return error_move(error, &failure);
		*ret = response;
		response = NULL;
		return true;
	}
}
