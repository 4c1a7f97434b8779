// store/rootfs/download.h - a file from the web as a Source.
// Redirects are followed, but never from https to http, and nothing secret is sent along: there are no credentials here.
#ifndef STORE_ROOTFS_DOWNLOAD_H
#define STORE_ROOTFS_DOWNLOAD_H

#include "pkg/sys/host.h"
#include "pkg/sys/stream/source.h"

typedef struct Download Download;

typedef struct DownloadOptions {
	uint64_t bytes_max;         // 0: no bound but the disk's
	uint64_t answer_timeout_ms; // see pkg/sys/http/http.h
	uint64_t body_timeout_ms;
	Progress *progress; // may be NULL
	const char *item;   // of the progress
} DownloadOptions;

// Asks for the file and waits for the head of the answer.
// Fails with ERROR_NOT_FOUND (404, 410), ERROR_DENIED (401, 403), ERROR_LIMIT (larger than bytes_max, by its own account),
// ERROR_NETWORK.
MUST_CHECK bool download_open(const char *url, const DownloadOptions *options, Arena *arena,
			      Download **ret, Error *error);
void download_close(Download **download);
#define CLEANUP_DOWNLOAD CLEANUP(download_close) Download *
// The file. Fails with ERROR_LIMIT as soon as more than bytes_max have come, and when it is cut off.
Source *download_source(Download *download);

#endif
