using System;
using System.Collections.Immutable;
using System.Globalization;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Formats;

/// <summary>Turns what a PyTorch file says about a tensor into one that can be read, after every number of it was found to lie in its storage.</summary>
internal static class TorchTensors
{
    // A matrix may repeat a row; a terabyte out of eight bytes is an attack.
    private const long FreeRepetitionBytes = 64 << 20;
    private const int MostRepetition = 4;

    /// <summary>Makes the tensor.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">What the file says.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="CheckpointException">CKPT1010, CKPT1011, CKPT1350 to CKPT1353.</exception>
    public static Tensor Make(string path, string name, TorchTensor tensor)
    {
        TorchStorage storage = tensor.Storage;
        CheckWithin(path, tensor);
        Extent extent = Extent.Measure(path, name, tensor.DType, tensor.Sizes.AsSpan());
        if (extent.Bytes > FreeRepetitionBytes && extent.Bytes / MostRepetition > storage.Bytes)
        {
            throw Errors.TensorExpanded(path, name, extent.Bytes, storage.Bytes);
        }

        ByteSource source = storage.Source ?? throw Errors.LegacyKeys(path, $"'{storage.Key}' is used and not listed");
        var whole = new Stored(name, tensor.DType, new Shape(storage.Bytes / tensor.DType.BlockBytes), source, storage.Offset);
        bool touches = extent.Shape.ElementCount == 0 || AreTouching(tensor);
        Tensor view = touches && (extent.Bytes == storage.Bytes || extent.Bytes == 0)
            ? whole with { Shape = extent.Shape }
            : new StorageView(name, extent.Shape, whole, tensor.Offset, touches ? Touching(tensor.Sizes) : tensor.Strides);
        return Mend(tensor, view);
    }

    private static Tensor Mend(TorchTensor tensor, Tensor view)
    {
        int part = TorchDTypes.PartBytes(tensor.DType);
        view = tensor.Storage.IsBigEndian && part > 1 ? new Mended(view, part, Mending.TurnBytes) : view;
        view = tensor.IsConjugated && TorchDTypes.IsComplex(tensor.DType) ? new Mended(view, part, Mending.Conjugate) : view;
        return tensor.IsNegated ? new Mended(view, part, Mending.ChangeSign) : view;
    }

    private static void CheckWithin(string path, TorchTensor tensor)
    {
        TorchStorage storage = tensor.Storage;
        long count = storage.Bytes / tensor.DType.BlockBytes;
        if (storage.Bytes % tensor.DType.BlockBytes != 0)
        {
            throw Errors.StorageSize(path, storage.Key, string.Create(CultureInfo.InvariantCulture, $"{storage.Bytes:N0} bytes"), $"a multiple of {tensor.DType.LongName}");
        }

        try
        {
            bool empty = false;
            long last = tensor.Offset;
            bool sound = tensor.Offset >= 0 && tensor.Offset <= count;
            for (int i = 0; i < tensor.Sizes.Length; i++)
            {
                sound &= tensor.Sizes[i] >= 0 && tensor.Strides[i] >= 0;
                empty |= tensor.Sizes[i] == 0;
                last = tensor.Sizes[i] > 0 ? checked(last + ((tensor.Sizes[i] - 1) * tensor.Strides[i])) : last;
            }

            if (sound && (empty || last < count))
            {
                return;
            }
        }
        catch (OverflowException)
        {
            // Past every storage.
        }

        throw Errors.StorageView(path, storage.Key, string.Create(CultureInfo.InvariantCulture,
            $"offset {tensor.Offset}, sizes [{string.Join(", ", tensor.Sizes)}], strides [{string.Join(", ", tensor.Strides)}] of {count:N0} numbers"));
    }

    // Whether the numbers lie one behind the other; what a dimension of one steps by is free.
    private static bool AreTouching(TorchTensor tensor)
    {
        long next = 1;
        for (int i = tensor.Sizes.Length - 1; i >= 0; i--)
        {
            if (tensor.Sizes[i] != 1 && tensor.Strides[i] != next)
            {
                return false;
            }

            next *= tensor.Sizes[i];
        }

        return true;
    }

    private static ImmutableArray<long> Touching(ImmutableArray<long> sizes)
    {
        long[] strides = new long[sizes.Length];
        long next = 1;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = next;
            next *= Math.Max(1, sizes[i]);
        }

        return [.. strides];
    }
}
