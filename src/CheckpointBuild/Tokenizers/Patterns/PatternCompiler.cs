using System;
using System.Collections.Generic;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Patterns;

/// <summary>Lays a pattern's tree out as a list of instructions.</summary>
internal sealed class PatternCompiler
{
    /// <summary>Counted repetitions are written out; a pattern that becomes longer than this is refused.</summary>
    private const int MostInstructions = 20_000;

    private readonly List<Instruction> _program = [];
    private readonly string _pattern;

    private PatternCompiler(string pattern) => _pattern = pattern;

    /// <summary>Compiles a tree.</summary>
    /// <param name="node">The tree.</param>
    /// <param name="pattern">Its text, for messages.</param>
    /// <returns>The instructions; the last is <see cref="InstructionCode.Accept"/>.</returns>
    internal static Instruction[] Compile(PatternNode node, string pattern)
    {
        var compiler = new PatternCompiler(pattern);
        compiler.Add(node);
        compiler.Emit(new(InstructionCode.Accept));
        compiler.MarkRunsThatKeep();
        return [.. compiler._program];
    }

    /// <summary>Characters that a node's matches begin with, or null where a match may be empty or its start is not known.</summary>
    /// <param name="node">The node.</param>
    /// <returns>The set.</returns>
    internal static CharacterSet? FirstOf(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One one:
                return one.Characters;
            case PatternNode.Atomic atomic:
                return FirstOf(atomic.Body);
            case PatternNode.Repeat repeat:
                return repeat.Least > 0 ? FirstOf(repeat.Body) : null;
            case PatternNode.Choice choice:
                CharacterSet all = CharacterSet.Empty;
                foreach (PatternNode way in choice.Choices)
                {
                    if (FirstOf(way) is not { } first)
                    {
                        return null;
                    }

                    all = all.Union(first);
                }

                return all;
            case PatternNode.Sequence sequence:
                return FirstOf(sequence);
            default:
                return null;
        }
    }

    private static CharacterSet? FirstOf(PatternNode.Sequence sequence)
    {
        CharacterSet begin = CharacterSet.Empty;
        foreach (PatternNode part in sequence.Parts)
        {
            if (FirstOf(part) is { } first)
            {
                return begin.Union(first);
            }

            // A part that may be left out: the sequence begins with it or with what follows.
            if (part is not PatternNode.Repeat { Least: 0 } optional || FirstOf(optional.Body) is not { } maybe)
            {
                return null;
            }

            begin = begin.Union(maybe);
        }

        return null;
    }

    private void Add(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One one:
                Emit(new(InstructionCode.One) { Characters = one.Characters, Plane = one.Characters.Plane });
                break;
            case PatternNode.Sequence sequence:
                foreach (PatternNode part in sequence.Parts)
                {
                    Add(part);
                }

                break;
            case PatternNode.Choice choice:
                AddChoice(choice);
                break;
            case PatternNode.Repeat repeat:
                AddRepeat(repeat);
                break;
            case PatternNode.Atomic atomic:
                AddInner(InstructionCode.Atomic, atomic.Body, isNegative: false);
                break;
            case PatternNode.LookAhead look:
                AddInner(InstructionCode.LookAhead, look.Body, look.IsNegative);
                break;
            case PatternNode.LookBehind look:
                Emit(new(InstructionCode.LookBehind) { Characters = look.Characters, Plane = look.Characters.Plane, IsNegative = look.IsNegative });
                break;
            default:
                Emit(new(node switch
                {
                    PatternNode.Start => InstructionCode.Start,
                    PatternNode.Finish => InstructionCode.Finish,
                    PatternNode.LineStart => InstructionCode.LineStart,
                    _ => InstructionCode.LineEnd,
                }));
                break;
        }
    }

    private void AddChoice(PatternNode.Choice choice)
    {
        var jumps = new List<int>();
        for (int i = 0; i < choice.Choices.Length - 1; i++)
        {
            int fork = Reserve();
            Add(choice.Choices[i]);
            jumps.Add(Reserve());
            _program[fork] = new(InstructionCode.Fork) { Target = _program.Count, First = FirstOf(choice.Choices[i])?.Plane };
        }

        Add(choice.Choices[^1]);
        foreach (int jump in jumps)
        {
            _program[jump] = new(InstructionCode.Jump) { Target = _program.Count };
        }
    }

    private void AddRepeat(PatternNode.Repeat repeat)
    {
        if (repeat.Manner == RepeatManner.Possessive && repeat.Body is not PatternNode.One)
        {
            AddInner(InstructionCode.Atomic, repeat with { Manner = RepeatManner.Greedy }, isNegative: false);
            return;
        }

        if (repeat.Body is PatternNode.One one && repeat.Manner != RepeatManner.Lazy)
        {
            Emit(new(InstructionCode.Run) { Characters = one.Characters, Plane = one.Characters.Plane, Least = repeat.Least, Most = repeat.Most, GivesBack = repeat.Manner == RepeatManner.Greedy });
            return;
        }

        if (repeat.Most == PatternNode.Unbounded && MayBeEmpty(repeat.Body))
        {
            throw Errors.PatternConstructUnknown(_pattern, "an endless repetition of what may be empty", _pattern.Length);
        }

        for (int i = 0; i < repeat.Least; i++)
        {
            Add(repeat.Body);
        }

        InstructionCode code = repeat.Manner == RepeatManner.Lazy ? InstructionCode.LazyFork : InstructionCode.Fork;
        if (repeat.Most == PatternNode.Unbounded)
        {
            int fork = Reserve();
            Add(repeat.Body);
            Emit(new(InstructionCode.Jump) { Target = fork });
            _program[fork] = new(code) { Target = _program.Count };
            return;
        }

        var forks = new List<int>();
        for (int i = repeat.Least; i < repeat.Most; i++)
        {
            forks.Add(Reserve());
            Add(repeat.Body);
        }

        foreach (int fork in forks)
        {
            _program[fork] = new(code) { Target = _program.Count };
        }
    }

    private void AddInner(InstructionCode code, PatternNode body, bool isNegative)
    {
        int start = Reserve();
        Add(body);
        Emit(new(InstructionCode.Accept));
        _program[start] = new(code) { Target = _program.Count, IsNegative = isNegative };
    }

    private static bool MayBeEmpty(PatternNode node) => node switch
    {
        PatternNode.One => false,
        PatternNode.Atomic atomic => MayBeEmpty(atomic.Body),
        PatternNode.Repeat repeat => repeat.Least == 0 || MayBeEmpty(repeat.Body),
        PatternNode.Sequence sequence => Array.TrueForAll([.. sequence.Parts], MayBeEmpty),
        PatternNode.Choice choice => Array.Exists([.. choice.Choices], MayBeEmpty),
        _ => true,
    };

    /// <summary>A run need not give back where what follows cannot begin with any of its characters, or nothing follows.</summary>
    private void MarkRunsThatKeep()
    {
        for (int i = 0; i < _program.Count - 1; i++)
        {
            Instruction next = _program[i + 1];
            bool keeps = next.Code == InstructionCode.Accept
                || (next.Code == InstructionCode.One && next.Characters.IsApartFrom(_program[i].Characters))
                || (next.Code == InstructionCode.Run && next.Least > 0 && next.Characters.IsApartFrom(_program[i].Characters));
            if (_program[i] is { Code: InstructionCode.Run, GivesBack: true } && keeps)
            {
                _program[i] = _program[i] with { GivesBack = false };
            }
        }
    }

    private int Reserve()
    {
        Emit(new(InstructionCode.Accept));
        return _program.Count - 1;
    }

    private void Emit(Instruction instruction)
    {
        if (_program.Count >= MostInstructions)
        {
            throw Errors.PatternConstructUnknown(_pattern, "a pattern this long", _pattern.Length);
        }

        _program.Add(instruction);
    }
}
