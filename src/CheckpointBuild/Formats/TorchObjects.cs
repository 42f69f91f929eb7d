using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Numerics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats.Wire;

namespace CheckpointBuild.Formats;

/// <summary>The names that pickles of <c>torch.save</c> may use, and what they mean as data. Everything that is not here is refused by name.</summary>
/// <param name="storages">Finds the storage that a persistent id names.</param>
internal sealed class TorchObjects(Func<PickleCallSite, TorchStorage> storages) : PickleObjects
{
    // torch itself allows 64; the flat names of known models need 5.
    private const int MostDimensions = 64;

    private static readonly FrozenDictionary<string, Func<PickleCallSite, object>> Functions = new Dictionary<string, Func<PickleCallSite, object>>(StringComparer.Ordinal)
    {
        ["collections.OrderedDict"] = Ordered,
        ["collections.Counter"] = Counter,
        ["builtins.set"] = call => new PickleSequence(PickleSequenceKind.Set, call.Argument<PickleSequence>(0, "a list")),
        ["builtins.complex"] = call => new Complex(call.Argument<double>(0, "a float"), call.Argument<double>(1, "a float")),
        ["builtins.bytearray"] = call => new PickleCall(call.Function!, new(PickleSequenceKind.Tuple, call.Argument<byte[]>(0, "bytes"))),
        ["_codecs.encode"] = Encode,
        ["torch.Size"] = call => new PickleSequence(PickleSequenceKind.Size, Longs(call, 0).Cast<object?>()),
        ["torch.device"] = Device,
        ["torch._utils._rebuild_tensor"] = call => Rebuild(call, StorageOf(call).DType ?? throw call.Wrong("a typed storage"), hasFlags: false),
        ["torch._utils._rebuild_tensor_v2"] = call => Rebuild(call, StorageOf(call).DType ?? throw call.Wrong("a typed storage"), hasFlags: true),
        ["torch._utils._rebuild_tensor_v3"] = RebuildWithDType,
        ["torch._utils._rebuild_parameter"] = Parameter,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override PickleName? Find(PickleName name) =>
        Functions.ContainsKey(name.ToString()) || (name.Module == "torch" && (TorchDTypes.IsDType(name.Name) || TorchDTypes.OfStorage(name.Name) is not null)) || IsUntyped(name)
            ? name
            : null;

    /// <inheritdoc/>
    public override object? Call(PickleCallSite call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Functions.TryGetValue(call.Function!.ToString(), out Func<PickleCallSite, object>? function) ? function(call) : throw call.Wrong("nothing: it is no function");
    }

    /// <inheritdoc/>
    public override object Load(PickleCallSite call) => storages(call);

    /// <summary>Whether a name is the class of storages that are plain bytes.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when it is.</returns>
    public static bool IsUntyped(PickleName name) => name is { Module: "torch.storage", Name: "UntypedStorage" };

    private static PickleDictionary Ordered(PickleCallSite call)
    {
        var dictionary = new PickleDictionary(PickleDictionaryKind.Ordered);
        if (call.Arguments.Count == 0)
        {
            return dictionary;
        }

        // Python 2 wrote the pairs as arguments.
        foreach (object? item in call.Argument<PickleSequence>(0, "a list of pairs"))
        {
            if (item is not PickleSequence { Count: 2 } pair || dictionary.TryAdd(pair[0], pair[1]) != true)
            {
                throw call.Wrong("a list of pairs, each key once");
            }
        }

        return dictionary;
    }

    private static PickleDictionary Counter(PickleCallSite call)
    {
        var counter = new PickleDictionary(PickleDictionaryKind.Counter);
        foreach ((object? key, object? value) in call.Arguments.Count == 0 ? new(PickleDictionaryKind.Dictionary) : call.Argument<PickleDictionary>(0, "a dictionary"))
        {
            counter.Set(key, value);
        }

        return counter;
    }

    private static byte[] Encode(PickleCallSite call)
    {
        string text = call.Argument<string>(0, "a text");
        return call.Argument<string>(1, "the codec latin1") == "latin1" && text.All(c => c <= byte.MaxValue) ? [.. text.Select(c => (byte)c)] : throw call.Wrong("a text of latin1");
    }

    private static PickleCall Device(PickleCallSite call) =>
        call.Arguments.All(a => a is string or long) && call.Arguments.Count is 1 or 2 ? new PickleCall(call.Function!, call.Arguments) : throw call.Wrong("a kind and a number");

    private static TorchTensor Parameter(PickleCallSite call)
    {
        CheckFlags(call, 1);
        return call.Argument<TorchTensor>(0, "a tensor");
    }

    private static TorchStorage StorageOf(PickleCallSite call) => call.Argument<TorchStorage>(0, "a storage");

    private static TorchTensor RebuildWithDType(PickleCallSite call)
    {
        PickleName name = call.Argument<PickleName>(6, "a dtype");
        DType dtype = (name.Module == "torch" ? TorchDTypes.Named(name.Name) : null) ?? throw call.Wrong($"a dtype that is known, not {name}");
        return StorageOf(call).DType is null ? Rebuild(call, dtype, hasFlags: true) : throw call.Wrong("an untyped storage");
    }

    private static TorchTensor Rebuild(PickleCallSite call, DType dtype, bool hasFlags)
    {
        int metadata = call.Function!.Name.EndsWith("v3", StringComparison.Ordinal) ? 7 : 6;
        ImmutableArray<long> sizes = Longs(call, 2), strides = Longs(call, 3);
        if (sizes.Length != strides.Length || sizes.Length > MostDimensions || call.Arguments.Count > metadata + 1)
        {
            throw call.Wrong(string.Create(CultureInfo.InvariantCulture, $"as many strides as sizes, at most {MostDimensions}"));
        }

        if (hasFlags)
        {
            CheckFlags(call, 4);
        }

        var tensor = new TorchTensor(StorageOf(call), dtype, call.Argument<long>(1, "an offset"), sizes, strides);
        return hasFlags && call.TryArgument(metadata, out object? flags) ? WithFlags(call, tensor, flags) : tensor;
    }

    // What follows the strides: whether gradients are wanted, and hooks of the backward pass, of which there are none in files.
    private static void CheckFlags(PickleCallSite call, int index)
    {
        _ = call.Argument<bool>(index, "whether gradients are wanted, True or False,");
        if (index + 1 >= call.Arguments.Count || call.Arguments[index + 1] is not (null or PickleDictionary { Count: 0 }))
        {
            throw call.Wrong("an empty dictionary of hooks");
        }
    }

    private static TorchTensor WithFlags(PickleCallSite call, TorchTensor tensor, object flags)
    {
        foreach ((object? key, object? value) in flags as PickleDictionary ?? throw call.Wrong("a dictionary of flags"))
        {
            tensor = (key, value) switch
            {
                ("conj", bool conjugated) => tensor with { IsConjugated = conjugated },
                ("neg", bool negated) => tensor with { IsNegated = negated },
                _ => throw call.Wrong("flags conj and neg alone"),
            };
        }

        return tensor;
    }

    private static ImmutableArray<long> Longs(PickleCallSite call, int index)
    {
        PickleSequence numbers = call.Argument<PickleSequence>(index, "a tuple of numbers");
        return numbers.All(n => n is long) ? [.. numbers.Cast<long>()] : throw call.Wrong("a tuple of whole numbers");
    }
}
