using System;

namespace CheckpointBuild.Diagnostics;

/// <content>1xxx: reading files.</content>
internal static partial class Errors
{
    internal static CheckpointException FileNotFound(string path) => new("CKPT1001",
        $"{path}: there is no such file or folder. Check the path.", path) { MayBeMendedByFetching = true };

    internal static CheckpointException CannotRead(string path, Exception inner) => new("CKPT1002",
        $"{path}: cannot be read ({inner.Message}). Check the permissions and that no other process holds the file.", path, inner);

    internal static CheckpointException FileEndsEarly(string path, long offset, long needed, long length) => new("CKPT1003",
        $"{path}: {N(needed)} bytes are needed at offset {N(offset)}, the file ends after {N(length)} bytes. It is incomplete or was changed while it was read; get it again.", path);

    internal static CheckpointException UnknownFormat(string path, string? looksLike, string known) => new("CKPT1004",
        $"{path}: the bytes are in no container format that is known ({known}); they look like {looksLike ?? "nothing known"}. Check that this is a weights file and that its download is complete.", path);

    internal static CheckpointException DuplicateTensor(string path, string tensor) => new("CKPT1005",
        $"{path}: tensor {Quote(tensor)} stands there twice. The file is damaged or was merged wrongly; write it again.", path);

    internal static CheckpointException GitLfsPointer(string path, long? size) => new("CKPT1006",
        $"{path}: this is a Git LFS pointer, the small text that stands for the real file{(size is { } bytes ? $" of {N(bytes)} bytes" : string.Empty)}. Fetch it with 'git lfs pull', or download it again.", path);

    internal static CheckpointException TensorTooLarge(string path, string tensor, string dtype, string shape) => new("CKPT1010",
        $"{path}: tensor {Quote(tensor)} ({dtype} {shape}) would have more than 2^63 - 1 bytes. The header is damaged or made to do harm; get the file again from a source that you trust.", path);

    internal static CheckpointException RowTooLong(string path, string tensor, long columns) => new("CKPT1011",
        $"{path}: a row of tensor {Quote(tensor)} has {N(columns)} columns, at most {N(int.MaxValue)} can be worked with. Check the file; no known model has such rows.", path);

    internal static CheckpointException TensorPastEnd(string path, string tensor, string dtype, string shape, long needed, long offset, long length) => new("CKPT1012",
        $"{path}: tensor {Quote(tensor)} needs {N(needed)} bytes at offset {N(offset)} ({dtype} {shape}), the file ends {N(needed - (length - offset))} bytes early. The download is probably incomplete; compare its size with the source's.", path);

    internal static CheckpointException TooManyTensors(string path, ulong found, long limit) => new("CKPT1013",
        $"{path}: the header names {N(found)} tensors (at most {N(limit)} fit this file). It is damaged or made to do harm; get the file again from a source that you trust.", path);

    // 1020 to 1039: safetensors.

    internal static CheckpointException SafetensorsTooShort(string path, long length) => new("CKPT1020",
        $"{path}: the file has {N(length)} bytes, safetensors begins with the 8 bytes of its header's length. The download is probably incomplete; get it again.", path);

    internal static CheckpointException SafetensorsHeaderTooLarge(string path, ulong found, long limit) => new("CKPT1021",
        $"{path}: the header claims {N(found)} bytes (at most {N(limit)} are allowed). This is not a safetensors file, or its beginning is damaged; get it again.", path);

    internal static CheckpointException SafetensorsHeaderPastEnd(string path, long found, long available) => new("CKPT1022",
        $"{path}: the header claims {N(found)} bytes, {N(available)} follow. The download is probably incomplete; get it again.", path);

    internal static CheckpointException SafetensorsHeaderStart(string path) => new("CKPT1023",
        $"{path}: the header does not begin with '{{'. This is not a safetensors file, or its writer breaks the format; write it again with a current tool.", path);

    internal static CheckpointException SafetensorsHeaderText(string path) => new("CKPT1024",
        $"{path}: the header is not UTF-8. It is damaged; get the file again.", path);

    internal static CheckpointException SafetensorsHeaderJson(string path, string reason) => new("CKPT1025",
        $"{path}: the header is not JSON ({reason}). It is damaged; get the file again.", path);

    internal static CheckpointException SafetensorsHeaderForm(string path, string what, string entry, string found, string needed) => new("CKPT1026",
        $"{path}: {what} of {Quote(entry)} in the header is {found}, {needed} is needed. The file's writer breaks the format; write it again with a current tool.", path);

    internal static CheckpointException SafetensorsDuplicateKey(string path, string entry, string key) => new("CKPT1027",
        $"{path}: {Quote(entry)} in the header has {Quote(key)} twice. The file is damaged or made to be read in two ways; write it again.", path);

    internal static CheckpointException SafetensorsMissingMember(string path, string tensor, string member) => new("CKPT1028",
        $"{path}: tensor {Quote(tensor)} has no '{member}' in the header (dtype, shape and data_offsets are needed). The file's writer breaks the format; write it again with a current tool.", path);

    internal static CheckpointException SafetensorsUnknownDType(string path, string tensor, string dtype) => new("CKPT1029",
        $"{path}: tensor {Quote(tensor)} has the dtype {Quote(dtype)}, which safetensors does not know. The header is damaged or of a newer format; get the file again or update.", path);

    internal static CheckpointException SafetensorsUnsupportedDType(string path, string tensor, string dtype) => new("CKPT1030",
        $"{path}: tensor {Quote(tensor)} has the dtype {dtype}, which is not supported here. Convert the tensor to a supported dtype with the tool that wrote it.", path);

    internal static CheckpointException SafetensorsNumber(string path, string tensor, string member, string found) => new("CKPT1031",
        $"{path}: '{member}' of tensor {Quote(tensor)} holds {Quote(found)}, whole numbers from 0 to 2^63 - 1 are needed. The header is damaged; get the file again.", path);

    internal static CheckpointException SafetensorsOffsetsReversed(string path, string tensor, long begin, long end) => new("CKPT1032",
        $"{path}: tensor {Quote(tensor)} ends at {N(end)}, before it begins at {N(begin)}. The header is damaged; get the file again.", path);

    internal static CheckpointException SafetensorsNotContiguous(string path, string tensor, long found, long needed) => new("CKPT1033",
        $"{path}: tensor {Quote(tensor)} begins at {N(found)} where {N(needed)} is needed: tensors follow each other without holes or overlaps. The header is damaged or made to do harm; get the file again.", path);

    internal static CheckpointException SafetensorsWrongSize(string path, string tensor, string dtype, string shape, long found, long needed) => new("CKPT1034",
        $"{path}: tensor {Quote(tensor)} has {N(found)} bytes, {dtype} {shape} needs {N(needed)}. The header is damaged; get the file again.", path);

    internal static CheckpointException SafetensorsTrailingBytes(string path, long trailing) => new("CKPT1035",
        $"{path}: {N(trailing)} bytes follow the last tensor, none may. The file is damaged or hides something; get it again from a source that you trust.", path);

    internal static CheckpointException SafetensorsDuplicateMetadata(string path) => new("CKPT1036",
        $"{path}: the header has '__metadata__' twice. The file is damaged or made to be read in two ways; write it again.", path);

    // 1040 to 1069: GGUF.

    internal static CheckpointException GgufMagic(string path) => new("CKPT1040",
        $"{path}: the file does not begin with 'GGUF'. Check that this is a GGUF file and that its download is complete.", path);

    internal static CheckpointException GgufVersion(string path, uint version) => new("CKPT1041",
        $"{path}: the file is GGUF version {version} (versions 2 and 3 can be read). Write it again with a current llama.cpp.", path);

    internal static CheckpointException GgufBigEndian(string path) => new("CKPT1042",
        $"{path}: the file is big-endian GGUF (little-endian is needed). Turn it with llama.cpp's gguf-convert-endian first.", path);

    internal static CheckpointException GgufCount(string path, string? key, ulong found, long limit) => new("CKPT1043",
        $"{path}: {(key is null ? "the metadata" : $"metadata {Quote(key)}")} claims {N(found)} entries (at most {N(limit)} fit here). The header is damaged or made to do harm; get the file again from a source that you trust.", path);

    internal static CheckpointException GgufTextLength(string path, string? key, ulong found, long limit) => new("CKPT1044",
        $"{path}: {KeyOrText(key)} claims {N(found)} bytes of text (at most {N(limit)} fit here). The header is damaged or made to do harm; get the file again from a source that you trust.", path);

    internal static CheckpointException GgufText(string path, string? key) => new("CKPT1045",
        $"{path}: {KeyOrText(key)} is not UTF-8. The header is damaged, or its writer stored bytes as text; write the file again.", path);

    internal static CheckpointException GgufKey(string path, long index) => new("CKPT1046",
        $"{path}: the key of metadata pair {N(index)} is empty or holds a zero byte. The header is damaged; get the file again.", path);

    internal static CheckpointException GgufDuplicateKey(string path, string key) => new("CKPT1047",
        $"{path}: the metadata has the key {Quote(key)} twice. The file is damaged or was edited wrongly; write it again.", path);

    internal static CheckpointException GgufValueType(string path, string key, uint type) => new("CKPT1048",
        $"{path}: metadata {Quote(key)} has a value of type {type} (0 to 12 exist, 9 only outside arrays). The header is damaged; get the file again.", path);

    internal static CheckpointException GgufBool(string path, string key, byte found) => new("CKPT1049",
        $"{path}: metadata {Quote(key)} is a bool stored as {found} (0 or 1 is needed). The header is damaged; get the file again.", path);

    internal static CheckpointException GgufAlignment(string path, string found) => new("CKPT1050",
        $"{path}: general.alignment is {found}, a power of two as u32 is needed. The file's writer breaks the format; write it again with a current tool.", path);

    internal static CheckpointException GgufTensorName(string path, long index, ulong bytes, int limit) => new("CKPT1051",
        $"{path}: the name of tensor {N(index)} has {N(bytes)} bytes (1 to {limit} bytes of UTF-8 without zero bytes are needed). The header is damaged; get the file again.", path);

    internal static CheckpointException GgufRank(string path, string tensor, uint found, int limit) => new("CKPT1052",
        $"{path}: tensor {Quote(tensor)} has {N(found)} dimensions (at most {limit} are allowed). The header is damaged; get the file again.", path);

    internal static CheckpointException GgufDimension(string path, string tensor, long found) => new("CKPT1053",
        $"{path}: tensor {Quote(tensor)} has a dimension of {N(found)}, at least 1 is needed. The header is damaged; get the file again.", path);

    internal static CheckpointException GgmlTypeUnknown(string path, string tensor, uint type) => new("CKPT1054",
        $"{path}: tensor {Quote(tensor)} has ggml type {type}, which does not exist. The header is damaged or of a newer llama.cpp; get the file again or update.", path);

    internal static CheckpointException GgmlTypeRemoved(string path, string tensor, string type) => new("CKPT1055",
        $"{path}: tensor {Quote(tensor)} has ggml type {type}, which llama.cpp removed. Quantize the model again with a current llama.cpp.", path);

    internal static CheckpointException GgufRowBlocks(string path, string tensor, string dtype, long columns, int block) => new("CKPT1057",
        $"{path}: tensor {Quote(tensor)} has rows of {N(columns)} columns, {dtype} needs a multiple of {block}. The header is damaged; get the file again.", path);

    internal static CheckpointException GgufOffset(string path, string tensor, ulong found, long needed) => new("CKPT1058",
        $"{path}: tensor {Quote(tensor)} begins at {N(found)} where {N(needed)} is needed: tensors follow each other, padded to the alignment. The header is damaged or made to do harm; get the file again.", path);

    internal static CheckpointException GgufPartMissing(string path, int part, int count) => new("CKPT1060",
        $"{path}: there is no such file, part {part} of a GGUF set of {count}. The download is incomplete; put all parts into one folder.", path);

    internal static CheckpointException GgufPartNotFirst(string path, int part, int count) => new("CKPT1061",
        $"{path}: the file is part {part} of a GGUF set of {count}. Give the first part; the others are found beside it.", path);

    internal static CheckpointException GgufPartName(string path, int count) => new("CKPT1062",
        $"{path}: the file is the first part of a GGUF set of {count}, its name must end in '-{1:D5}-of-{count:D5}.gguf'. Give the parts back the names that they were written under.", path);

    internal static CheckpointException GgufPartKey(string path, string key, string found, string needed) => new("CKPT1063",
        $"{path}: {key} is {found}, {needed} is needed in this GGUF set. The parts are of different sets or damaged; get them again.", path);

    internal static CheckpointException GgufPartTensors(string path, long found, long needed) => new("CKPT1064",
        $"{path}: the parts of the GGUF set hold {N(found)} tensors together, split.tensors.count says {N(needed)}. The parts are of different sets or damaged; get them again.", path);

    private static string KeyOrText(string? key) => key is null ? "a metadata key" : $"the text of metadata {Quote(key)}";

    internal static CheckpointException PackedPartsWrong(string file, string tensor, string found, string needed) => new("CKPT1090",
        $"{file}: the parts of {Quote(tensor)} {found} do not fit each other (needed: {needed}). Files and settings of the quantizer do not belong together; get both again.", file);

    internal static CheckpointException PackedWithoutSettings(string file, string sideFile) => new("CKPT1091",
        $"{file}: holds packed weights, and neither 'quantization_config' in config.json nor {sideFile} says how they are packed. Put the quantizer's settings beside them.", file);

    internal static CheckpointException NoImportanceMatrix(string path, string found) => new("CKPT1070",
        $"{path}: is no importance matrix ({found}; a file of llama-imatrix is needed). Name one, or a text with Calibration.", path);

    internal static CheckpointException ImportanceDamaged(string path, string entry, string found) => new("CKPT1071",
        $"{path}: the importance of {Quote(entry)} is damaged ({found}). Make the file again.", path);
}
