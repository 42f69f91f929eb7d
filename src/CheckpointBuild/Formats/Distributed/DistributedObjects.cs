using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Formats.Wire;

namespace CheckpointBuild.Formats.Distributed;

/// <summary>The names that the pickle <c>.metadata</c> of a distributed checkpoint may use, and what they mean as data. PyTorch itself reads it without any such list.</summary>
internal sealed class DistributedObjects : PickleObjects
{
    private const string Metadata = "torch.distributed.checkpoint.metadata";
    private const string OldMetadata = "torch.distributed._shard.sharded_tensor.metadata";
    private const string Enumeration = "_MEM_FORMAT_ENCODING";

    private static readonly FrozenDictionary<string, Func<PickleCallSite, object>> Functions = new Dictionary<string, Func<PickleCallSite, object>>(StringComparer.Ordinal)
    {
        [$"{Metadata}.Metadata"] = Instance,
        [$"{Metadata}.TensorStorageMetadata"] = Instance,
        [$"{Metadata}.BytesStorageMetadata"] = Instance,
        [$"{Metadata}.ChunkStorageMetadata"] = Instance,
        [$"{Metadata}.TensorProperties"] = Instance,
        [$"{OldMetadata}.TensorProperties"] = Instance,
        [$"{Metadata}.MetadataIndex"] = Instance,
        [$"{Metadata}.StorageMeta"] = Instance,
        ["torch.distributed.checkpoint.filesystem._StorageInfo"] = Instance,
        ["collections.OrderedDict"] = call => call.Arguments.Count == 0 ? new PickleDictionary(PickleDictionaryKind.Ordered) : throw call.Wrong("nothing"),
        ["torch.Size"] = call => call.Argument<PickleSequence>(0, "a tuple of whole numbers") is var sizes && sizes.All(n => n is long) ? new PickleSequence(PickleSequenceKind.Size, sizes) : throw call.Wrong("a tuple of whole numbers"),
        ["torch.serialization._get_layout"] = call => new PickleCall(call.Function!, new(PickleSequenceKind.Tuple, call.Argument<string>(0, "a layout's name"))),

        // How a tensor lay in memory: a number, or by an older Python the member's name.
        [$"{Metadata}.{Enumeration}"] = call => new PickleCall(call.Function!, new(PickleSequenceKind.Tuple, call.Argument<long>(0, "a number"))),
        [$"{OldMetadata}.MEM_FORMAT_ENCODING"] = call => new PickleCall(call.Function!, new(PickleSequenceKind.Tuple, call.Argument<long>(0, "a number"))),
        ["builtins.getattr"] = call => call.Argument<PickleName>(0, "the class of memory formats").Name.EndsWith("MEM_FORMAT_ENCODING", StringComparison.Ordinal)
            ? new PickleCall(call.Function!, new(PickleSequenceKind.Tuple, call.Argument<string>(1, "a member's name")))
            : throw call.Wrong("the class of memory formats"),

        // Where the checkpoint was saved.
        ["pathlib.PosixPath"] = Path,
        ["pathlib.WindowsPath"] = Path,
        ["pathlib._local.PosixPath"] = Path,
        ["pathlib._local.WindowsPath"] = Path,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override PickleName? Find(PickleName name) => Functions.ContainsKey(name.ToString()) || (name.Module == "torch" && TorchDTypes.IsDType(name.Name)) ? name : null;

    /// <inheritdoc/>
    public override object? Call(PickleCallSite call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Functions.TryGetValue(call.Function!.ToString(), out Func<PickleCallSite, object>? function) ? function(call) : throw call.Wrong("nothing: it is no function");
    }

    /// <inheritdoc/>
    public override object Load(PickleCallSite call) => throw call.Wrong("nothing: pieces are found by their names");

    private static PickleInstance Instance(PickleCallSite call) => call.Arguments.Count == 0 ? new PickleInstance(call.Function!) : throw call.Wrong("nothing");

    private static PickleCall Path(PickleCallSite call) => call.Arguments.All(a => a is string) ? new PickleCall(call.Function!, call.Arguments) : throw call.Wrong("the parts of a path");
}
