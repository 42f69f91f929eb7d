using System.Collections.Generic;

namespace CheckpointBuild.Diagnostics;

/// <content>1150 to 1159, 1250 to 1259, 1350 to 1359: PyTorch's containers.</content>
internal static partial class Errors
{
    private const string FromTrusted = "get the file again from a source that you trust.";

    // 1150 to 1159: pickle programs.

    internal static CheckpointException PickleGlobalRefused(string path, string where, long position, IReadOnlyCollection<string> names) => new("CKPT1150",
        $"{path}: {where} asks for {string.Join(", ", Quoted(names))} (the first at byte {N(position)}), which no checkpoint of plain tensors needs and which is never looked up here. Save the state dict alone (tensors, numbers and texts) with the program that wrote the file, or {FromTrusted}", path);

    internal static CheckpointException PickleOpcodeRefused(string path, string where, long position, byte opcode) => new("CKPT1151",
        $"{path}: {where} has the instruction {opcode:x2} at byte {N(position)}, which builds no data or does not exist. The file is damaged or made to do harm; {FromTrusted}", path);

    internal static CheckpointException PickleEndsEarly(string path, string where, long position, long needed, long left) => new("CKPT1152",
        $"{path}: {where} needs {N(needed)} bytes at byte {N(position)}, {N(left)} follow. The file is incomplete or damaged; get it again.", path);

    internal static CheckpointException PickleBroken(string path, string where, long position, string what) => new("CKPT1153",
        $"{path}: {where} breaks its own rules at byte {N(position)}: {what}. The file is damaged or made to do harm; {FromTrusted}", path);

    internal static CheckpointException PickleText(string path, string where, long position) => new("CKPT1154",
        $"{path}: {where} has a text at byte {N(position)} that is not UTF-8. The file is damaged; get it again.", path);

    internal static CheckpointException PickleTooLarge(string path, string where, string what, long limit) => new("CKPT1155",
        $"{path}: {where} has more {what} than {N(limit)}, which no checkpoint needs. The file is damaged or made to do harm; {FromTrusted}", path);

    internal static CheckpointException PickleCycle(string path, string where) => new("CKPT1156",
        $"{path}: {where} holds a cycle: a list or dictionary that contains itself. Save the state dict alone with the program that wrote the file.", path);

    internal static CheckpointException PickleKeyTwice(string path, string where, long position, string key) => new("CKPT1157",
        $"{path}: {where} gives the key {Quote(key)} twice at byte {N(position)}. The file is damaged or made to be read in two ways; write it again.", path);

    internal static CheckpointException PickleArguments(string path, string where, long position, string function, string needed) => new("CKPT1158",
        $"{path}: {where} calls {function} at byte {N(position)} with what it does not take ({needed} is needed). The file is damaged or made to do harm; {FromTrusted}", path);

    internal static CheckpointException PickleLeftOver(string path, string where, long values, long bytes) => new("CKPT1159",
        $"{path}: {where} ends with {N(values)} values and {N(bytes)} bytes left over (none may). The file is damaged or hides something; {FromTrusted}", path);

    // 1250 to 1259: the zip archive.

    internal static CheckpointException ZipNoEnd(string path) => new("CKPT1250",
        $"{path}: begins as a zip archive, such as PyTorch's torch.save writes, and has no directory at its end. The download is probably incomplete; compare its size with the source's.", path);

    internal static CheckpointException ZipDirectoryBroken(string path, string what) => new("CKPT1251",
        $"{path}: the zip archive's directory is broken: {what}. The file is damaged or made to be read in two ways; {FromTrusted}", path);

    internal static CheckpointException ZipEntryBroken(string path, string entry, string what) => new("CKPT1252",
        $"{path}: the zip archive's entry {Quote(entry)} {what}. The file is damaged or made to be read in two ways; {FromTrusted}", path);

    internal static CheckpointException ZipEntryTwice(string path, string entry) => new("CKPT1253",
        $"{path}: the zip archive has the entry {Quote(entry)} twice. The file is damaged or made to be read in two ways; write it again.", path);

    internal static CheckpointException ZipCompressed(string path, string entry, string what) => new("CKPT1254",
        $"{path}: the zip archive's entry {Quote(entry)} is compressed: {what}. PyTorch stores its records as they are; unpack the archive and pack it without compression (zip -0).", path);

    internal static CheckpointException ZipChecksum(string path, string entry, uint found, uint needed) => new("CKPT1255",
        $"{path}: the bytes of the zip archive's entry {Quote(entry)} have the CRC-32 {found:x8}, {needed:x8} is needed. The file is damaged; get it again.", path);

    internal static CheckpointException ZipNotPyTorch(string path, string what) => new("CKPT1256",
        $"{path}: this is a zip archive and not one of PyTorch's: {what} (a data.pkl in one folder at the top is needed). Check that this is a weights file.", path);

    internal static CheckpointException TorchScript(string path, string entry) => new("CKPT1257",
        $"{path}: this is a TorchScript archive (it holds {Quote(entry)}): a program, not weights alone. Save the module's state_dict() with torch.save.", path);

    internal static CheckpointException TorchRecord(string path, string record, string found, string needed) => new("CKPT1258",
        $"{path}: the record {Quote(record)} is {found}, {needed} is needed. The file is damaged or of another kind; get it again.", path);

    internal static CheckpointException ZipRecordUnknown(string path, string entry) => new("CKPT1259",
        $"{path}: the zip archive hides {Quote(entry)} beside the weights, a record that PyTorch never writes. Remove it, or {FromTrusted}", path);

    // 1350 to 1359: storages and tensors.

    internal static CheckpointException StorageSize(string path, string key, string found, string needed) => new("CKPT1350",
        $"{path}: storage {Quote(key)} has {found}, {needed} is needed. The file is damaged or made to read foreign memory; {FromTrusted}", path);

    internal static CheckpointException StorageView(string path, string key, string what) => new("CKPT1351",
        $"{path}: a tensor over storage {Quote(key)} is no part of it: {what}. The file is damaged or made to read foreign memory; {FromTrusted}", path);

    internal static CheckpointException StorageTwoTypes(string path, string key, string first, string second) => new("CKPT1352",
        $"{path}: storage {Quote(key)} is used as {first} and as {second}. The file is damaged or made to do harm; {FromTrusted}", path);

    internal static CheckpointException TensorExpanded(string path, string tensor, long bytes, long stored) => new("CKPT1353",
        $"{path}: tensor {Quote(tensor)} repeats {N(stored)} stored bytes to {N(bytes)}. No weights do so; save it as a tensor of its own with contiguous() if it is meant.", path);

    internal static CheckpointException BoolByte(string path, string key, byte found) => new("CKPT1354",
        $"{path}: storage {Quote(key)} holds bools and a byte of {found} (0 or 1 is needed). The file is damaged; get it again.", path);

    internal static CheckpointException BareStorage(string path, string key) => new("CKPT1355",
        $"{path}: a bare storage ({Quote(key)}), not a tensor, stands where a value is needed. Save tensors, not storages, with the program that wrote the file.", path);

    internal static CheckpointException LegacyHeader(string path, string what, string found, string needed) => new("CKPT1356",
        $"{path}: {what} of this PyTorch file of the time before zip is {found}, {needed} is needed. The file is damaged or from a machine of another kind; write it again with a current PyTorch.", path);

    internal static CheckpointException LegacyKeys(string path, string what) => new("CKPT1357",
        $"{path}: the list of storages does not fit the tensors: {what}. The file is damaged or made to read foreign memory; {FromTrusted}", path);

    internal static CheckpointException TensorSpan(string path, string tensor, long bytes) => new("CKPT1358",
        $"{path}: tensor {Quote(tensor)} reads columns {N(bytes)} bytes apart, more than can be kept in memory at once ({N(int.MaxValue)}). Save it with contiguous() with the program that wrote the file.", path);

    internal static CheckpointException NotTensors(string path, string what, string found) => new("CKPT1359",
        $"{path}: {what} is {found}, a dictionary of tensors by name is needed. Save the model's state_dict() alone.", path);

    private static IEnumerable<string> Quoted(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            yield return Quote(name);
        }
    }
}
