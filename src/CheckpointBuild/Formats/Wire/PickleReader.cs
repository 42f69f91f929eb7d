using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Formats.Wire;

/// <summary>Runs a pickle program that builds data, and nothing else: names are held against a list and never looked up, calls are described and never made (the stack machine of CPython's <c>pickle</c>).</summary>
/// <remarks>Stricter than Python: a key that stands twice, values or bytes left over, an instruction that only trickery needs are refused. What a program makes is counted, so that memory stays below about a gigabyte whatever it says.</remarks>
internal sealed partial class PickleReader
{
    private const int MostValues = 1 << 22;

    // Values, 32 bytes and more each, and containers among them, some hundred bytes each, that a program makes in all: many times what a checkpoint of a thousand layers has.
    private const int MostMade = 1 << 24;
    private const int MostContainers = 1 << 21;
    private const int NewestProtocol = 5;
    private readonly ByteCursor _cursor;
    private readonly string _path;
    private readonly string _where;
    private readonly PickleObjects _objects;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = new();
    private readonly Dictionary<uint, object?> _memo = [];
    private long _at;
    private int _protocol;
    private int _made;
    private int _containers;

    /// <summary>Prepares to read a program.</summary>
    /// <param name="cursor">Stands at its first byte.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="where">The record in it, for messages.</param>
    /// <param name="objects">What names, calls and persistent ids mean.</param>
    public PickleReader(ByteCursor cursor, string path, string where, PickleObjects objects)
    {
        _cursor = cursor;
        _path = path;
        _where = where;
        _objects = objects;
    }

    /// <summary>How many values the program made so far.</summary>
    public int Made => _made;

    /// <summary>Reads one program; the cursor stands behind it afterwards.</summary>
    /// <returns>The value that it builds.</returns>
    /// <exception cref="CheckpointException">1150 to 1159.</exception>
    public object? Read()
    {
        while (true)
        {
            _at = _cursor.Position;
            var opcode = (PickleOpcode)Byte();
            if (opcode == PickleOpcode.Stop)
            {
                object? result = Pop();
                return _stack.Count == 0 && _marks.Count == 0 ? result : throw Errors.PickleLeftOver(_path, _where, _stack.Count + _marks.Count, 0);
            }

            Run(opcode);
            if (_stack.Count > MostValues || _memo.Count > MostValues)
            {
                throw Errors.PickleTooLarge(_path, _where, "values at once", MostValues);
            }

            if (_made > MostMade || _containers > MostContainers)
            {
                throw Errors.PickleTooLarge(_path, _where, _made > MostMade ? "values" : "lists and dictionaries", _made > MostMade ? MostMade : MostContainers);
            }
        }
    }

    private void Run(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Protocol:
                _protocol = Byte();
                Demand(_protocol is >= 2 and <= NewestProtocol, $"it is of protocol {_protocol.ToString(CultureInfo.InvariantCulture)}");
                break;
            case PickleOpcode.Mark:
                _marks.Push(_stack.Count);
                Demand(_marks.Count < MostValues, "there are too many marks");
                break;
            case PickleOpcode.Global:
                PickleName name = Name();
                Push(_objects.Find(name) ?? throw Refuse(name, _at));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObject:
                Call();
                break;
            case PickleOpcode.BinPersistentId:
                Push(_objects.Load(new PickleCallSite(_path, _where, _at, null, Pop() as PickleSequence ?? throw Broken("a persistent id is no tuple"))));
                break;
            case PickleOpcode.Build:
                Build();
                break;
            default:
                if (!RunConstant(opcode) && !RunContainer(opcode) && !RunMemo(opcode) && !RunLater(opcode))
                {
                    throw Errors.PickleOpcodeRefused(_path, _where, _at, (byte)opcode);
                }

                break;
        }
    }

    private bool RunConstant(PickleOpcode opcode)
    {
        object? value = opcode switch
        {
            PickleOpcode.None => null,
            PickleOpcode.NewTrue => true,
            PickleOpcode.NewFalse => false,
            PickleOpcode.BinInt => (long)(int)UInt32(),
            PickleOpcode.BinInt1 => (long)Byte(),
            PickleOpcode.BinInt2 => (long)UInt16(),
            PickleOpcode.Long1 => Long() is var number && number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number,
            PickleOpcode.BinFloat => BigEndianDouble(),
            PickleOpcode.BinUnicode => Text(UInt32()),
            PickleOpcode.BinString => Latin(UInt32()),
            PickleOpcode.ShortBinString => Latin(Byte()),
            _ => this,
        };
        if (ReferenceEquals(value, this))
        {
            return false;
        }

        Push(value);
        return true;
    }

    private bool RunContainer(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptyTuple:
                Push(Tuple([]));
                return true;
            case PickleOpcode.EmptyList:
                Push(new PickleSequence(PickleSequenceKind.List));
                return true;
            case PickleOpcode.EmptyDictionary:
                Push(new PickleDictionary(PickleDictionaryKind.Dictionary));
                return true;
            case PickleOpcode.Tuple:
                Push(Tuple(PopMark()));
                return true;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                Push(Tuple(PopMany(opcode - PickleOpcode.Tuple1 + 1)));
                return true;
            case PickleOpcode.Append:
                AddTo([Pop()], PickleSequenceKind.List);
                return true;
            case PickleOpcode.Appends:
                AddTo(PopMark(), PickleSequenceKind.List);
                return true;
            case PickleOpcode.SetItem:
                SetItems(PopMany(2));
                return true;
            case PickleOpcode.SetItems:
                SetItems(PopMark());
                return true;
            default:
                return false;
        }
    }

    private bool RunMemo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinPut:
                _memo[Byte()] = Top();
                return true;
            case PickleOpcode.LongBinPut:
                _memo[UInt32()] = Top();
                return true;
            case PickleOpcode.BinGet:
                _stack.Add(Recall(Byte()));
                return true;
            case PickleOpcode.LongBinGet:
                _stack.Add(Recall(UInt32()));
                return true;
            default:
                return false;
        }
    }

    // Only in programs that say that they are of a later protocol: PyTorch's own writer uses none of these.
    private bool RunLater(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinBytes when _protocol >= 3:
                Push(Bytes(UInt32()));
                return true;
            case PickleOpcode.ShortBinBytes when _protocol >= 3:
                Push(Bytes(Byte()));
                return true;
            case PickleOpcode.ShortBinUnicode when _protocol >= 4:
                Push(Text(Byte()));
                return true;
            case PickleOpcode.EmptySet when _protocol >= 4:
                Push(new PickleSequence(PickleSequenceKind.Set));
                return true;
            case PickleOpcode.AddItems when _protocol >= 4:
                AddTo(PopMark(), PickleSequenceKind.Set);
                return true;
            case PickleOpcode.Memoize when _protocol >= 4:
                _memo[(uint)_memo.Count] = Top();
                return true;
            case PickleOpcode.Frame when _protocol >= 4:
                ulong length = UInt64();
                Need(length > long.MaxValue ? long.MaxValue : (long)length);
                return true;
            case PickleOpcode.StackGlobal when _protocol >= 4:
                object?[] texts = PopMany(2);
                PickleName name = texts is [string module, string text] ? new PickleName(module, text) : throw Broken("a name is no text");
                Push(_objects.Find(name) ?? throw Refuse(name, _at));
                return true;
            default:
                return false;
        }
    }

    private void Call()
    {
        object?[] parts = PopMany(2);
        Push(parts is [PickleName function, PickleSequence { Kind: PickleSequenceKind.Tuple } arguments]
            ? _objects.Call(new PickleCallSite(_path, _where, _at, function, arguments))
            : throw Broken("a call has no function or no arguments"));
    }

    // A known object takes its fields. A module's dictionary has one state: the versions of its parts, which say nothing about weights.
    private void Build()
    {
        object? state = Pop();
        if (Top() is PickleInstance { State: null } instance)
        {
            Demand(state is PickleDictionary or PickleSequence { Kind: PickleSequenceKind.Tuple }, "an object gets a state that is neither fields nor a tuple");
            instance.State = state;
            return;
        }

        Demand(Top() is PickleDictionary { Kind: PickleDictionaryKind.Ordered } && state is PickleDictionary values && values.All(p => p.Key is "_metadata"), "an object gets a state that is not a module's _metadata");
    }

    private void AddTo(object?[] items, PickleSequenceKind kind)
    {
        Demand(Top() is PickleSequence sequence && sequence.Kind == kind, "items are added to what is no list");
        ((PickleSequence)Top()!).AddRange(items);
    }

    private void SetItems(object?[] pairs)
    {
        Demand(pairs.Length % 2 == 0, "a key has no value");
        PickleDictionary target = Top() as PickleDictionary ?? throw Broken("a pair is put into what is no dictionary");
        for (int i = 0; i < pairs.Length; i += 2)
        {
            switch (target.TryAdd(pairs[i], pairs[i + 1]))
            {
                case false:
                    throw Errors.PickleKeyTwice(_path, _where, _at, Convert.ToString(pairs[i], CultureInfo.InvariantCulture) ?? "None");
                case null:
                    throw Broken("a key is no text, number or tuple");
            }
        }
    }

    private object? Recall(uint index) => _memo.TryGetValue(index, out object? value) ? value : throw Broken($"the memo has no {index}");

    private static PickleSequence Tuple(object?[] items) => new(PickleSequenceKind.Tuple, items);

    private void Push(object? value)
    {
        _made++;
        _containers += value is PickleSequence or PickleDictionary or PickleInstance or TorchTensor ? 1 : 0;
        _stack.Add(value);
    }

    private object? Top() => _stack.Count > Floor ? _stack[^1] : throw Broken("the stack is empty");

    private object? Pop()
    {
        object? value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopMany(int count)
    {
        Demand(_stack.Count - count >= Floor, "the stack holds too little");
        object?[] values = CollectionsMarshal.AsSpan(_stack)[^count..].ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private object?[] PopMark()
    {
        Demand(_marks.Count > 0, "a mark is missing");
        return PopMany(_stack.Count - _marks.Pop());
    }

    private int Floor => _marks.Count > 0 ? _marks.Peek() : 0;

    private void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Broken(otherwise);
        }
    }

    private CheckpointException Broken(string what) => Errors.PickleBroken(_path, _where, _at, what);
}
