namespace CheckpointBuild.Diagnostics;

/// <content>1020 to 1039: reading safetensors.</content>
internal static partial class Errors
{
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
}
