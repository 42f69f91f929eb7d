using System;
using System.Buffers;
using System.Runtime.CompilerServices;

namespace CheckpointBuild.Tokenizers.Patterns;

/// <summary>Runs a compiled pattern over one text. The stack holds what is left to try: an instruction, a place, and for a run the place that it may not give back beyond.</summary>
internal ref struct PatternMatcher
{
    private readonly Instruction[] _program;
    private readonly ReadOnlySpan<char> _text;
    private readonly ref long _budget;
    private Attempt[]? _rented;
    private int _count;

    /// <summary>Makes a matcher; dispose it.</summary>
    /// <param name="program">The instructions.</param>
    /// <param name="text">The text.</param>
    /// <param name="budget">Steps that are left.</param>
    internal PatternMatcher(Instruction[] program, ReadOnlySpan<char> text, ref long budget)
    {
        _program = program;
        _text = text;
        _budget = ref budget;
    }

    /// <summary>Matches at a place.</summary>
    /// <param name="at">The place.</param>
    /// <returns>Where the match ends, or -1.</returns>
    /// <exception cref="TimeoutException">The steps are used up.</exception>
    internal int Match(int at) => Run(0, at);

    /// <summary>Where a run of an instruction's characters ends.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="at">Its start.</param>
    /// <returns>The end.</returns>
    internal readonly int EndOfRun(Instruction instruction, int at)
    {
        while (Step(instruction, at) is > 0 and int next)
        {
            at = next;
        }

        return at;
    }

    /// <summary>Gives the stack back.</summary>
    internal void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<Attempt>.Shared.Return(_rented);
            _rented = null;
        }
    }

    private int Run(int counter, int at)
    {
        int bottom = _count;
        while (true)
        {
            if (--_budget < 0)
            {
                throw new TimeoutException();
            }

            Instruction step = _program[counter];
            bool matches = true;
            switch (step.Code)
            {
                case InstructionCode.One:
                    int next = Step(step, at);
                    matches = next > 0;
                    at = matches ? next : at;
                    counter++;
                    break;
                case InstructionCode.Run:
                    matches = TakeRun(step, ref counter, ref at);
                    break;
                case InstructionCode.Fork:
                    if (step.First is not null && !MayBeginWith(step.First, at))
                    {
                        counter = step.Target;
                        break;
                    }

                    Push(new(step.Target, at, -1));
                    counter++;
                    break;
                case InstructionCode.LazyFork:
                    Push(new(counter + 1, at, -1));
                    counter = step.Target;
                    break;
                case InstructionCode.Jump:
                    counter = step.Target;
                    break;
                case InstructionCode.LookAhead:
                    matches = (Run(counter + 1, at) >= 0) != step.IsNegative;
                    counter = step.Target;
                    break;
                case InstructionCode.Atomic:
                    int end = Run(counter + 1, at);
                    matches = end >= 0;
                    at = matches ? end : at;
                    counter = step.Target;
                    break;
                case InstructionCode.Accept:
                    _count = bottom;
                    return at;
                default:
                    matches = IsPlace(step, at);
                    counter++;
                    break;
            }

            if (!matches && !TryBacktrack(bottom, ref counter, ref at))
            {
                return -1;
            }
        }
    }

    private bool TakeRun(Instruction step, ref int counter, ref int at)
    {
        int start = at;
        int least = step.Least == 0 ? at : -1;
        int taken = 0;
        while (taken < step.Most && Step(step, at) is > 0 and int next)
        {
            at = next;
            if (++taken == step.Least)
            {
                least = at;
            }
        }

        _budget -= (at - start) >> 4;
        counter++;
        if (least < 0)
        {
            return false;
        }

        if (step.GivesBack && at > least)
        {
            Push(new(counter, at, least));
        }

        return true;
    }

    private bool TryBacktrack(int bottom, ref int counter, ref int at)
    {
        if (_count == bottom)
        {
            return false;
        }

        ref Attempt attempt = ref _rented![_count - 1];
        counter = attempt.Counter;
        if (attempt.Least < 0)
        {
            at = attempt.At;
            _count--;
            return true;
        }

        at = attempt.At - 1;
        at -= char.IsLowSurrogate(_text[at]) && at > attempt.Least ? 1 : 0;
        if (at <= attempt.Least)
        {
            _count--;
        }
        else
        {
            attempt = attempt with { At = at };
        }

        return true;
    }

    /// <summary>Where a character of a set that stands at a place ends, or 0 where none does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Step(Instruction step, int at)
    {
        if ((uint)at >= (uint)_text.Length)
        {
            return 0;
        }

        char unit = _text[at];
        if (!char.IsHighSurrogate(unit) || at + 1 >= _text.Length)
        {
            return (step.Plane[unit >> 6] >> unit & 1) != 0 ? at + 1 : 0;
        }

        return step.Characters.Contains(char.ConvertToUtf32(unit, _text[at + 1])) ? at + 2 : 0;
    }

    private readonly bool MayBeginWith(ulong[] plane, int at)
    {
        if (at >= _text.Length)
        {
            return false;
        }

        char unit = _text[at];
        return (plane[unit >> 6] >> unit & 1) != 0 || char.IsSurrogate(unit);
    }

    private readonly bool IsPlace(Instruction step, int at)
    {
        switch (step.Code)
        {
            case InstructionCode.Start:
                return at == 0;
            case InstructionCode.Finish:
                return at == _text.Length;
            case InstructionCode.LineStart:
                return at == 0 || _text[at - 1] == '\n';
            case InstructionCode.LineEnd:
                return at == _text.Length || _text[at] == '\n';
            default:
                int before = at - 1;
                before -= before > 0 && char.IsLowSurrogate(_text[before]) ? 1 : 0;
                return (at > 0 && Step(step, before) > 0) != step.IsNegative;
        }
    }

    private void Push(Attempt attempt)
    {
        if (_rented is null || _count == _rented.Length)
        {
            Attempt[] larger = ArrayPool<Attempt>.Shared.Rent(Math.Max(64, _count * 2));
            _rented?.AsSpan(0, _count).CopyTo(larger);
            Dispose();
            _rented = larger;
        }

        _rented[_count++] = attempt;
    }

    /// <summary>What is left to try.</summary>
    /// <param name="Counter">The instruction to go on with.</param>
    /// <param name="At">The place.</param>
    /// <param name="Least">For a run, the first place that it may give back to; else -1.</param>
    private readonly record struct Attempt(int Counter, int At, int Least);
}
