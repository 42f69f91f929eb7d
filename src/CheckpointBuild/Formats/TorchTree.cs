using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>Walks the object that a pickle built, and gives its tensors names and bytes. What is shared is walked once for each place where it stands, within a limit.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="where">The record in it, for messages.</param>
/// <param name="made">Values that the program made: what it shares may stand in many places, and not in thousands each.</param>
internal sealed class TorchTree(string path, string where, int made)
{
    private const int MostShared = 1 << 16;
    private const int MostPlaces = 16;
    private const int MostLevels = 64;

    // Every value has its whole path: a long key above many values would be kept as often.
    private const long MostPathCharacters = 1 << 27;

    // A tensor alone is no entry of anything; tools must call it something.
    private const string Alone = "tensor";
    private readonly List<Tensor> _tensors = [];
    private readonly HashSet<string> _names = [];
    private readonly List<PyTorchValue> _values = [];
    private readonly HashSet<object> _above = new(ReferenceEqualityComparer.Instance);
    private readonly int _mostValues = (int)Math.Min(1 << 22, MostShared + ((long)MostPlaces * made));
    private int _count;
    private long _characters;

    /// <summary>Walks the object.</summary>
    /// <param name="root">What the pickle built.</param>
    /// <returns>The same object with tensors that can be read, and lists of what is in it.</returns>
    /// <exception cref="CheckpointException">CKPT1155, CKPT1156, CKPT1005, CKPT1355, and what is wrong with a tensor.</exception>
    public PyTorchFile Walk(object? root)
    {
        object? resolved = Resolve(root, "");
        return new PyTorchFile(resolved, new TensorTable(_tensors), [.. _values]);
    }

    private object? Resolve(object? value, string name)
    {
        _count++;
        _characters += name.Length;
        if (_count > _mostValues || _characters > MostPathCharacters)
        {
            throw _count > _mostValues ? Errors.PickleTooLarge(path, where, "values", _mostValues) : Errors.PickleTooLarge(path, where, "characters in their names", MostPathCharacters);
        }

        switch (value)
        {
            case TorchTensor tensor:
                return Named(tensor, name.Length == 0 ? Alone : name);
            case TorchStorage storage:
                throw Errors.BareStorage(path, storage.Key);
            case PickleDictionary or PickleSequence:
                return Container(value, name);
            default:
                _values.Add(new PyTorchValue(name, TypeOf(value), value));
                return value;
        }
    }

    private Tensor Named(TorchTensor tensor, string name)
    {
        if (!_names.Add(name))
        {
            throw Errors.TorchNameTwice(path, name);
        }

        Tensor made = TorchTensors.Make(path, name, tensor);
        _tensors.Add(made);
        return made;
    }

    private object Container(object container, string name)
    {
        if (!_above.Add(container))
        {
            throw Errors.PickleCycle(path, where);
        }

        if (_above.Count > MostLevels)
        {
            throw Errors.PickleTooLarge(path, where, "levels", MostLevels);
        }

        object resolved = container is PickleDictionary dictionary ? Dictionary(dictionary, name) : Sequence((PickleSequence)container, name);
        _above.Remove(container);
        return resolved;
    }

    private PickleDictionary Dictionary(PickleDictionary dictionary, string name)
    {
        var resolved = new PickleDictionary(dictionary.Kind);
        foreach ((object? key, object? value) in dictionary)
        {
            resolved.Set(key, Resolve(value, Join(name, Spell(key))));
        }

        NoteEmpty(dictionary.Count, name, dictionary, dictionary.Kind switch { PickleDictionaryKind.Ordered => "OrderedDict", PickleDictionaryKind.Counter => "Counter", _ => "dict" });
        return resolved;
    }

    private PickleSequence Sequence(PickleSequence sequence, string name)
    {
        string type = sequence.Kind switch { PickleSequenceKind.List => "list", PickleSequenceKind.Tuple => "tuple", PickleSequenceKind.Set => "set", _ => "size" };
        if (sequence.Kind is PickleSequenceKind.Set or PickleSequenceKind.Size)
        {
            _values.Add(new PyTorchValue(name, type, sequence));
            return sequence.All(i => i is null or bool or long or BigInteger or double or string) ? sequence : throw Errors.PickleBroken(path, where, 0, $"a {type} holds more than numbers and texts");
        }

        NoteEmpty(sequence.Count, name, sequence, type);
        return new PickleSequence(sequence.Kind, [.. sequence.Select((item, i) => Resolve(item, Join(name, i.ToString(CultureInfo.InvariantCulture))))]);
    }

    private void NoteEmpty(int count, string name, object container, string type)
    {
        if (count == 0)
        {
            _values.Add(new PyTorchValue(name, type, container));
        }
    }

    // Counted before it is made: a dictionary's keys together may be far more than the program.
    private string Join(string name, string key) => _characters + name.Length + key.Length > MostPathCharacters ? throw Errors.PickleTooLarge(path, where, "characters in their names", MostPathCharacters)
        : name.Length == 0 ? key : $"{name}.{key}";

    private static string Spell(object? key) => key switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        PickleSequence tuple => $"({string.Join(", ", tuple.Select(Spell))})",
        _ => System.Convert.ToString(key, CultureInfo.InvariantCulture)!,
    };

    private static string TypeOf(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        string => "str",
        byte[] => "bytes",
        Complex => "complex",
        PickleCall call => call.Function.ToString(),
        PickleName name when name.Module == "torch" && TorchDTypes.IsDType(name.Name) => "dtype",
        _ => "type",
    };
}
