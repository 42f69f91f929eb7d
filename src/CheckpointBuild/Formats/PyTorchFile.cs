using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>What <c>torch.save</c> wrote: an object of dictionaries, sequences, numbers, texts and tensors.</summary>
/// <remarks>
/// A value is null (None), a <see cref="bool"/>, a <see cref="long"/>, a <see cref="System.Numerics.BigInteger"/>, a <see cref="double"/>, a <see cref="string"/>, a byte array, a <see cref="System.Numerics.Complex"/>,
/// a <see cref="PickleDictionary"/>, a <see cref="PickleSequence"/>, a <see cref="Tensor"/>, or a small object that is kept as it was named: <see cref="PickleName"/>, <see cref="PickleCall"/>.
/// </remarks>
public sealed class PyTorchFile
{
    internal PyTorchFile(object? root, TensorTable tensors, ImmutableArray<PyTorchValue> values)
    {
        Root = root;
        Tensors = tensors;
        Values = values;
    }

    /// <summary>The object.</summary>
    public object? Root { get; }

    /// <summary>Every tensor in it, in file order, named by keys and indices from the root, joined by dots: <c>optimizer.state.0.exp_avg</c>.</summary>
    public TensorTable Tensors { get; }

    /// <summary>Everything else in it, in file order.</summary>
    public ImmutableArray<PyTorchValue> Values { get; }

    /// <summary>Reads a file of either kind: zip, or of the time before.</summary>
    /// <param name="source">The file; it stays open as long as the tensors are used.</param>
    /// <returns>The object; no tensor data is kept.</returns>
    /// <exception cref="Diagnostics.CheckpointException">1xxx, naming file, record and byte.</exception>
    public static PyTorchFile Read(ByteSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        byte[] head = source.ReadBytes(0, (int)Math.Min(64, source.Length));
        return PyTorchZip.Begins(head) ? PyTorchArchive.Read(source)
            : PyTorchLegacy.Begins(head) ? PyTorchLegacyReader.Read(source)
            : throw ForeignFile.Refuse(source);
    }

    /// <summary>The object as a container's content: its tensors, and those values that metadata can hold.</summary>
    /// <returns>The content.</returns>
    internal TensorFile ToTensorFile()
    {
        var metadata = new Metadata();
        foreach (PyTorchValue value in Values.Where(v => v.Value is bool or long or double or string))
        {
            metadata.Set(value.Path, value.Value!);
        }

        return new TensorFile(Tensors, metadata);
    }

    /// <summary>The object that a container's content is: an ordered dictionary of its tensors, then of its metadata.</summary>
    /// <param name="file">The content.</param>
    /// <returns>The object.</returns>
    internal static PickleDictionary RootOf(TensorFile file)
    {
        var root = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach (Tensor tensor in file.Tensors)
        {
            root.Set(tensor.Name, tensor);
        }

        foreach (KeyValuePair<string, object> pair in file.Metadata)
        {
            root.Set(pair.Key, pair.Value);
        }

        return root;
    }
}
