using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats.Wire;

/// <summary>Writes the pickle program of an object in protocol 2 and with those instructions alone that <c>torch.load(weights_only=True)</c> runs. Nothing is put into the memo: what is shared is written twice, its numbers once.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="writeTensor">Writes a tensor's call.</param>
internal sealed class PickleWriter(string path, Action<PickleWriter, Tensor> writeTensor)
{
    /// <summary>How many values may stand within each other.</summary>
    internal const int DeepestLevel = 64;

    private readonly ByteWriter _bytes = new();
    private int _level;

    /// <summary>Writes the program of an object.</summary>
    /// <param name="root">A value as <see cref="PyTorchFile"/> describes them.</param>
    /// <returns>The program.</returns>
    /// <exception cref="CheckpointException">CKPT4150 when a value has no place in it.</exception>
    public byte[] Program(object? root)
    {
        Op(PickleOpcode.Protocol);
        _bytes.WriteByte(2);
        Write(root);
        Op(PickleOpcode.Stop);
        return _bytes.ToArray();
    }

    /// <summary>The refusal of a value that never ends.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The error.</returns>
    internal static CheckpointException TooDeep(string path) => Errors.ValueHasNoPlace(path, "a value that contains itself, or more than 64 levels");

    /// <summary>Writes an instruction without arguments.</summary>
    /// <param name="opcode">The instruction.</param>
    public void Op(PickleOpcode opcode) => _bytes.WriteByte((byte)opcode);

    /// <summary>Writes a name.</summary>
    /// <param name="module">The module.</param>
    /// <param name="name">The name in it.</param>
    public void Name(string module, string name)
    {
        Op(PickleOpcode.Global);
        _bytes.Write(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));
    }

    /// <summary>Writes a tuple of numbers.</summary>
    /// <param name="numbers">The numbers.</param>
    public void Tuple(IReadOnlyList<long> numbers) => Write(new PickleSequence(PickleSequenceKind.Tuple, numbers.Cast<object?>()));

    /// <summary>Writes a value.</summary>
    /// <param name="value">A value as <see cref="PyTorchFile"/> describes them.</param>
    public void Write(object? value)
    {
        _level++;
        if (_level > DeepestLevel)
        {
            throw TooDeep(path);
        }

        switch (value)
        {
            case Tensor tensor:
                writeTensor(this, tensor);
                break;
            case PickleDictionary dictionary:
                Dictionary(dictionary);
                break;
            case PickleSequence sequence:
                Sequence(sequence);
                break;
            case PickleName name:
                Name(name.Module, name.Name);
                break;
            case PickleCall call:
                Name(call.Function.Module, call.Function.Name);
                Write(call.Arguments);
                Op(PickleOpcode.Reduce);
                break;
            default:
                Scalar(value);
                break;
        }

        _level--;
    }

    private void Scalar(object? value)
    {
        switch (value)
        {
            case null:
                Op(PickleOpcode.None);
                break;
            case bool flag:
                Op(flag ? PickleOpcode.NewTrue : PickleOpcode.NewFalse);
                break;
            case int or long:
                Integer(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case BigInteger number:
                Long(number);
                break;
            case double number:
                Op(PickleOpcode.BinFloat);
                Span<byte> bits = stackalloc byte[sizeof(double)];
                BinaryPrimitives.WriteDoubleBigEndian(bits, number);
                _bytes.Write(bits);
                break;
            case string text:
                Text(text);
                break;
            case byte[] bytes:
                Bytes(bytes);
                break;
            case Complex number:
                Name("__builtin__", "complex");
                Write(new PickleSequence(PickleSequenceKind.Tuple, [number.Real, number.Imaginary]));
                Op(PickleOpcode.Reduce);
                break;
            default:
                throw Errors.ValueHasNoPlace(path, $"a {value.GetType().Name}");
        }
    }

    private void Integer(long value)
    {
        switch (value)
        {
            case >= 0 and <= byte.MaxValue:
                Op(PickleOpcode.BinInt1);
                _bytes.WriteByte((byte)value);
                break;
            case >= 0 and <= ushort.MaxValue:
                Op(PickleOpcode.BinInt2);
                _bytes.WriteUInt16((ushort)value);
                break;
            case >= int.MinValue and <= int.MaxValue:
                Op(PickleOpcode.BinInt);
                _bytes.WriteUInt32((uint)(int)value);
                break;
            default:
                Long(value);
                break;
        }
    }

    private void Long(BigInteger value)
    {
        byte[] bytes = value.ToByteArray();
        Op(PickleOpcode.Long1);
        _bytes.WriteByte(bytes.Length <= byte.MaxValue ? (byte)bytes.Length : throw Errors.ValueHasNoPlace(path, "a number of more than 255 bytes"));
        _bytes.Write(bytes);
    }

    private void Text(string text)
    {
        byte[] utf8 = ByteWriter.Encode(text) ?? throw Errors.ValueHasNoPlace(path, $"the text {Errors.Quote(text)} with half a surrogate pair");
        Op(PickleOpcode.BinUnicode);
        _bytes.WriteUInt32((uint)utf8.Length);
        _bytes.Write(utf8);
    }

    // Protocol 2 has no bytes; Python spells them as a text of latin1. Empty ones it spells otherwise, and the safe loader refuses that.
    private void Bytes(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            throw Errors.ValueHasNoPlace(path, "an empty byte string");
        }

        Name("_codecs", "encode");
        Write(new PickleSequence(PickleSequenceKind.Tuple, [Encoding.Latin1.GetString(bytes), "latin1"]));
        Op(PickleOpcode.Reduce);
    }

    private void Dictionary(PickleDictionary dictionary)
    {
        switch (dictionary.Kind)
        {
            case PickleDictionaryKind.Ordered:
                Name("collections", "OrderedDict");
                Op(PickleOpcode.EmptyTuple);
                Op(PickleOpcode.Reduce);
                break;
            case PickleDictionaryKind.Counter:
                Name("collections", "Counter");
                break;
        }

        if (dictionary.Kind != PickleDictionaryKind.Ordered)
        {
            Op(PickleOpcode.EmptyDictionary);
        }

        if (dictionary.Count > 0)
        {
            Op(PickleOpcode.Mark);
            foreach ((object? key, object? value) in dictionary)
            {
                Write(key);
                Write(value);
            }

            Op(PickleOpcode.SetItems);
        }

        if (dictionary.Kind == PickleDictionaryKind.Counter)
        {
            Op(PickleOpcode.Tuple1);
            Op(PickleOpcode.Reduce);
        }
    }

    private void Sequence(PickleSequence sequence)
    {
        switch (sequence.Kind)
        {
            case PickleSequenceKind.List:
                List(sequence);
                break;
            case PickleSequenceKind.Tuple:
                Tuple(sequence);
                break;
            default:
                Name(sequence.Kind == PickleSequenceKind.Set ? "__builtin__" : "torch", sequence.Kind == PickleSequenceKind.Set ? "set" : "Size");
                Write(new PickleSequence(PickleSequenceKind.Tuple, [new PickleSequence(sequence.Kind == PickleSequenceKind.Set ? PickleSequenceKind.List : PickleSequenceKind.Tuple, sequence)]));
                Op(PickleOpcode.Reduce);
                break;
        }
    }

    private void List(PickleSequence items)
    {
        Op(PickleOpcode.EmptyList);
        if (items.Count > 0)
        {
            Op(PickleOpcode.Mark);
            WriteAll(items);
            Op(PickleOpcode.Appends);
        }
    }

    private void Tuple(PickleSequence items)
    {
        if (items.Count > 3)
        {
            Op(PickleOpcode.Mark);
        }

        WriteAll(items);
        Op(items.Count switch { 0 => PickleOpcode.EmptyTuple, 1 => PickleOpcode.Tuple1, 2 => PickleOpcode.Tuple2, 3 => PickleOpcode.Tuple3, _ => PickleOpcode.Tuple });
    }

    private void WriteAll(PickleSequence items)
    {
        foreach (object? item in items)
        {
            Write(item);
        }
    }
}
