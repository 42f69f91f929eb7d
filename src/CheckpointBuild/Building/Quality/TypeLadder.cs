using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Building.Quality;

/// <summary>Spends bytes where they save most: every tensor begins with its smallest type, and each rung gives one of them a larger one. Losses of tensors are taken to add up.</summary>
/// <remarks>Only types on the lower hull of bytes and loss are rungs, so that what a byte saves falls along each tensor's rungs and the best next rung is the best at all.</remarks>
internal sealed class TypeLadder
{
    private readonly TypeOption[][] _hulls;
    private readonly List<(int Tensor, int Option)> _rungs = [];

    /// <summary>Builds the ladder.</summary>
    /// <param name="options">The types of each tensor, in any order.</param>
    public TypeLadder(IEnumerable<IEnumerable<TypeOption>> options)
    {
        _hulls = [.. options.Select(Hull)];
        int[] at = new int[_hulls.Length];
        var next = new PriorityQueue<int, (double Gain, int Tensor)>();
        for (int i = 0; i < _hulls.Length; i++)
        {
            Enqueue(i);
        }

        while (next.TryDequeue(out int tensor, out _))
        {
            _rungs.Add((tensor, ++at[tensor]));
            Enqueue(tensor);
        }

        // The most saved by a byte comes first; of equals the first tensor.
        void Enqueue(int tensor)
        {
            if (at[tensor] + 1 < _hulls[tensor].Length)
            {
                TypeOption now = _hulls[tensor][at[tensor]], then = _hulls[tensor][at[tensor] + 1];
                next.Enqueue(tensor, (-(now.Loss - then.Loss) / (then.Bytes - now.Bytes), tensor));
            }
        }
    }

    /// <summary>How many steps there are above the smallest types.</summary>
    public int Count => _rungs.Count;

    /// <summary>The types after a number of steps.</summary>
    /// <param name="steps">0 to <see cref="Count"/>.</param>
    /// <returns>One option a tensor.</returns>
    public TypeOption[] At(int steps)
    {
        int[] at = new int[_hulls.Length];
        foreach ((int tensor, int option) in _rungs.Take(steps))
        {
            at[tensor] = option;
        }

        return Options(at);
    }

    /// <summary>The types that a number of bytes buys; a step that does not fit is left out, and those behind it still may.</summary>
    /// <param name="bytes">The most bytes of all tensors together.</param>
    /// <returns>One option a tensor; null where even the smallest types are too large.</returns>
    public TypeOption[]? Within(long bytes)
    {
        int[] at = new int[_hulls.Length];
        long used = _hulls.Sum(hull => hull[0].Bytes);
        foreach ((int tensor, int option) in _rungs)
        {
            long more = _hulls[tensor][option].Bytes - _hulls[tensor][at[tensor]].Bytes;
            if (at[tensor] == option - 1 && used + more <= bytes)
            {
                at[tensor] = option;
                used += more;
            }
        }

        return used <= bytes ? Options(at) : null;
    }

    private TypeOption[] Options(int[] at) => [.. at.Select((option, tensor) => _hulls[tensor][option])];

    // The lower convex hull, from the smallest to the one that loses least.
    private static TypeOption[] Hull(IEnumerable<TypeOption> options)
    {
        var hull = new List<TypeOption>();
        foreach (TypeOption option in options.OrderBy(o => o.Bytes).ThenBy(o => o.Loss).ThenBy(o => o.Type.Name, StringComparer.Ordinal))
        {
            if (hull.Count > 0 && (option.Loss >= hull[^1].Loss || option.Bytes == hull[^1].Bytes))
            {
                continue;
            }

            while (hull.Count > 1 && Slope(hull[^2], hull[^1]) >= Slope(hull[^1], option))
            {
                hull.RemoveAt(hull.Count - 1);
            }

            hull.Add(option);
        }

        return [.. hull];
    }

    private static double Slope(TypeOption from, TypeOption to) => (to.Loss - from.Loss) / (to.Bytes - from.Bytes);
}
