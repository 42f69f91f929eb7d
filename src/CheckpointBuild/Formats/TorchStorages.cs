using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Formats;

/// <summary>The storages of a file that is written: one for each run of numbers, however many tensors look at it. What shared its numbers where it came from shares them again.</summary>
internal sealed class TorchStorages
{
    private readonly string _path;
    private readonly Dictionary<object, int> _uses = [];
    private readonly Dictionary<object, int> _keys = [];
    private readonly List<Tensor> _contents = [];

    /// <summary>Looks which tensors share their numbers.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="root">The object.</param>
    /// <exception cref="CheckpointException">CKPT4150 when the object contains itself.</exception>
    public TorchStorages(string path, object? root)
    {
        _path = path;
        Count(root, 1);
    }

    /// <summary>What each storage holds, by its number.</summary>
    public IReadOnlyList<Tensor> Contents => _contents;

    /// <summary>Writes the call that makes a tensor.</summary>
    /// <param name="pickle">Where to.</param>
    /// <param name="tensor">The tensor.</param>
    /// <exception cref="CheckpointException">CKPT4010 when PyTorch has no such dtype.</exception>
    public void Write(PickleWriter pickle, Tensor tensor)
    {
        (string name, string? storage) = TorchDTypes.Find(tensor.DType) ?? throw Errors.DTypeHasNoPlace(_path, tensor.Name, tensor.DType.LongName, "PyTorch's format");
        (Tensor content, long start, ImmutableArray<long> strides) = PlaceOf(tensor);
        object identity = IdentityOf(content);
        if (!_keys.TryGetValue(identity, out int key))
        {
            key = _contents.Count;
            _keys.Add(identity, key);
            _contents.Add(content);
        }

        pickle.Name("torch._utils", storage is null ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
        pickle.Op(PickleOpcode.Mark);
        pickle.Op(PickleOpcode.Mark);
        pickle.Write("storage");
        pickle.Name(storage is null ? "torch.storage" : "torch", storage ?? "UntypedStorage");
        pickle.Write(key.ToString(CultureInfo.InvariantCulture));
        pickle.Write("cpu");
        pickle.Write(storage is null ? content.ByteCount : content.Shape.ElementCount);
        pickle.Op(PickleOpcode.Tuple);
        pickle.Op(PickleOpcode.BinPersistentId);
        pickle.Write(start);
        pickle.Tuple(tensor.Shape.Dimensions);
        pickle.Tuple(strides);
        pickle.Write(false);
        pickle.Write(new PickleDictionary(PickleDictionaryKind.Ordered));
        if (storage is null)
        {
            pickle.Name("torch", name);
        }

        pickle.Op(PickleOpcode.Tuple);
        pickle.Op(PickleOpcode.Reduce);
    }

    private void Count(object? value, int level)
    {
        if (level > PickleWriter.DeepestLevel)
        {
            throw PickleWriter.TooDeep(_path);
        }

        switch (value)
        {
            case Tensor tensor:
                object identity = IdentityOf(Bare(tensor) is StorageView view ? view.Storage : tensor);
                _uses[identity] = _uses.GetValueOrDefault(identity) + 1;
                break;
            case PickleDictionary dictionary:
                foreach ((object? _, object? item) in dictionary)
                {
                    Count(item, level + 1);
                }

                break;
            case PickleSequence sequence:
                foreach (object? item in sequence)
                {
                    Count(item, level + 1);
                }

                break;
        }
    }

    // A view alone is written as a tensor of its own: nobody wants the rest of the matrix that it was cut from.
    private (Tensor Content, long Start, ImmutableArray<long> Strides) PlaceOf(Tensor tensor) =>
        Bare(tensor) is StorageView view && view.Shape == tensor.Shape && _uses[IdentityOf(view.Storage)] > 1
            ? (view.Storage with { Shape = new Shape(view.Storage.Shape.ElementCount, 1) }, view.Start, view.Strides)
            : (tensor, 0, Touching(tensor.Shape));

    private static object IdentityOf(Tensor tensor) => Bare(tensor) switch
    {
        Stored stored => (stored.Source, stored.Offset, stored.DType, stored.Shape.ElementCount),
        { } other => other,
    };

    private static Tensor Bare(Tensor tensor) => tensor is Renamed renamed ? Bare(renamed.Source) : tensor;

    private static ImmutableArray<long> Touching(Shape shape)
    {
        long[] strides = new long[shape.Rank];
        long next = 1;
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            strides[i] = next;
            next *= System.Math.Max(1, shape.Dimensions[i]);
        }

        return [.. strides];
    }
}
