namespace CheckpointBuild.Diagnostics;

/// <content>1040 to 1069: reading GGUF.</content>
internal static partial class Errors
{
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

    internal static CheckpointException GgmlTypeUnsupported(string path, string tensor, string type) => new("CKPT1056",
        $"{path}: tensor {Quote(tensor)} has ggml type {type}, which is not supported here. Use a file with another quantization.", path);

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
}
