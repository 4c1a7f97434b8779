// store/image/layer_files.h - what the directory of a layer holds. For store/image/layer*.c only.
#ifndef STORE_IMAGE_LAYER_FILES_H
#define STORE_IMAGE_LAYER_FILES_H

#define LAYER_TREE        "fs"
#define LAYER_FRAME       "frame"
#define LAYER_RECORD      "record"
#define LAYER_KEY_DIFF_ID "DIFF_ID"
#define LAYER_KEY_BYTES   "SIZE_BYTES"
#define LAYER_KEY_DISK    "DISK_BYTES"
#define LAYER_KEY_ENTRIES "ENTRIES"
#define LAYER_KEY_OPAQUE  "ROOT_OPAQUE"
#define LAYER_KEY_DAMAGED "DAMAGED"

// Digits of a digest that tell layers apart for people.
#define LAYER_SHORT_DIGEST 12

#endif
