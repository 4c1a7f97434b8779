#include "isolate/app/record.h"

#include "tests/unit/test.h"

TEST(app_record_of_a_crash_loop)
{
	AppRecord record = { 0 };
	CHECK(app_record_parse(
		"ID=web/app/3\nSTATE=waiting\nREASON=CrashLoopBackOff\n"
		"BACKOFF_UNTIL=1700000020.500000\nRESTARTS=2\nBACKOFF_MS=20000\n"
		"LAST_REASON=Error\nLAST_EXIT_CODE=143\nLAST_SIGNAL=15\n"
		"LAST_STARTED_AT=1700000000.000001\nLAST_FINISHED_AT=1700000000.500000\n"
		"LAST_LOG_IS_PARTIAL=1\n",
		test->arena, &record, &test->error));
	CHECK(record.state == APP_STATE_WAITING && record.restarts == 2 && record.has_last);
	CHECK(record.backoff_ms == 20000 && record.backoff_until_us == 1700000020500000);
	CHECK(record.last.exit_code == 143 && record.last.signal_number == 15);
	CHECK(record.last.started_us == 1700000000000001);
	CHECK(record.last.has_partial_log && !record.end.has_partial_log);
	CHECK_TEXT(record.reason, "CrashLoopBackOff");
	CHECK_TEXT(record.last.reason, "Error");
	CHECK_TEXT(record.identifier, "web/app/3");
}

TEST(app_record_of_a_start_error)
{
	AppRecord record = { 0 };
	CHECK(app_record_parse(
		"ID=x\nSTATE=terminated\nREASON=StartError\nEXIT_CODE=127\nSIGNAL=0\n"
		"STARTED_AT=5.000000\nFINISHED_AT=5.000000\n"
		"MESSAGE=exec 'a=b': No such file or directory\nRESTARTS=0\n"
		"BACKOFF_MS=0\n",
		test->arena, &record, &test->error));
	CHECK(record.state == APP_STATE_TERMINATED && record.end.exit_code == 127);
	CHECK(!record.has_last);
	CHECK_TEXT(record.end.message, "exec 'a=b': No such file or directory");
}

TEST(app_record_of_an_end_that_the_log_has_not_come_to)
{
	AppRecord record = { 0 };
	CHECK(app_record_parse("ID=x\nSTATE=running\nPID=7\nREASON=Error\nEXIT_CODE=3\nSIGNAL=0\n"
			       "STARTED_AT=5.000000\nFINISHED_AT=6.000000\n",
			       test->arena, &record, &test->error));
	CHECK(record.state == APP_STATE_RUNNING && record.is_ending);
	CHECK(record.started_us == 5000000 && record.end.exit_code == 3);

	CHECK(app_record_parse("ID=x\nSTATE=running\nPID=7\nSTARTED_AT=5.000000\n", test->arena,
			       &record, &test->error));
	CHECK(record.state == APP_STATE_RUNNING && !record.is_ending);
}

TEST(app_record_of_what_was_lost_with_the_machine)
{
	AppRecord record = { 0 };
	CHECK(app_record_parse("ID=x\nSTATE=lost\nPID=7\nSTARTED_AT=5.000000\nRESTARTS=2\n",
			       test->arena, &record, &test->error));
	CHECK(record.state == APP_STATE_TERMINATED && record.restarts == 2);
	CHECK(record.end.exit_code == 137 && record.end.started_us == 5000000);
	CHECK(record.end.has_partial_log);
	CHECK_TEXT(record.end.reason, "ContainerStatusUnknown");
	// Its end was written down before.
	CHECK(app_record_parse("ID=x\nSTATE=lost\nPID=7\nREASON=Error\nEXIT_CODE=3\nSIGNAL=0\n",
			       test->arena, &record, &test->error));
	CHECK(record.state == APP_STATE_TERMINATED && record.end.exit_code == 3);
	CHECK(record.end.has_partial_log);
}

TEST(app_record_that_is_none)
{
	AppRecord record = { 0 };
	CHECK_ERROR(app_record_parse("", test->arena, &record, &test->error),
		    "record of an application: STATE: unknown state ''");
	CHECK_ERROR(app_record_parse("nonsense\n", test->arena, &record, &test->error),
		    "record of an application: a line without '='");
	CHECK_ERROR(app_record_parse("STATE=running\nPID=-1\n", test->arena, &record, &test->error),
		    "record of an application: PID: '-1' is not a whole number");
	CHECK_ERROR(app_record_parse("STATE=running\nSTARTED_AT=12\n", test->arena, &record,
				     &test->error),
		    "record of an application: STARTED_AT: '12' is no time");
}
