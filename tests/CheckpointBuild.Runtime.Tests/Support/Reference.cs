using System;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime.Tests.Support;

/// <summary>Functions by their definitions, in double precision.</summary>
internal static class Reference
{
    /// <summary>The nonlinearities of one number; a clamped gate takes two.</summary>
    public static Activation[] Activations { get; } = [.. Enum.GetValues<Activation>().Where(a => a != Activation.ClampedSwish)];

    public static double Activate(Activation activation, double x) => activation switch
    {
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.Gelu => 0.5 * x * (1 + Erf(x / Math.Sqrt(2))),
        Activation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        Activation.Relu => Math.Max(x, 0),
        Activation.ReluSquared => Math.Max(x, 0) * Math.Max(x, 0),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    /// <summary>What a feed-forward block's gate makes of the two numbers that it is given.</summary>
    /// <param name="activation">The nonlinearity.</param>
    /// <param name="limit">What a clamped gate holds numbers within.</param>
    /// <param name="gate">The first number.</param>
    /// <param name="up">The second number.</param>
    /// <returns>Their product, the first through the nonlinearity.</returns>
    public static double Gated(Activation activation, double limit, double gate, double up)
    {
        if (activation != Activation.ClampedSwish)
        {
            return Activate(activation, gate) * up;
        }

        double held = Math.Min(gate, limit);
        return held / (1 + Math.Exp(-1.702 * held)) * (Math.Clamp(up, -limit, limit) + 1);
    }

    /// <summary>erf(x) = 2/√π · e^(-x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!: all terms have one sign, so that nothing cancels.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>From -1 to 1.</returns>
    public static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
        {
            return Math.Sign(x);
        }

        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
