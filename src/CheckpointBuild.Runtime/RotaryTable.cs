using System;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime;

/// <summary>Sines and cosines of a rotary embedding for the positions at hand. Angles are float32 products of position and frequency, as the reference libraries compute them.</summary>
internal sealed class RotaryTable
{
    private readonly RopeConfig _rope;
    private readonly float[] _frequencies;
    private readonly float _magnitude;
    private float[] _cosines = [];
    private float[] _sines = [];

    /// <summary>Prepares the frequencies.</summary>
    /// <param name="rope">The embedding.</param>
    public RotaryTable(RopeConfig rope)
    {
        _rope = rope;
        Pairs = rope.Dimensions / 2;
        _frequencies = new float[Pairs];
        _magnitude = (float)rope.Magnitude();
        RotaryFrequencies.Fill(rope, 0, _frequencies);
    }

    /// <summary>How many pairs of a head turn.</summary>
    public int Pairs { get; }

    /// <summary>The first dimension of a head that turns.</summary>
    public int Start => _rope.Start;

    /// <summary>Which dimensions turn together.</summary>
    public RopeStyle Style => _rope.Style;

    /// <summary>Computes the table for a run of positions.</summary>
    /// <param name="position">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="length">Positions of the whole sequence, on which some scalings depend.</param>
    public void MoveTo(int position, int count, int length)
    {
        if (_cosines.Length < count * Pairs)
        {
            _cosines = new float[count * Pairs];
            _sines = new float[count * Pairs];
        }

        if (RotaryFrequencies.DependOnLength(_rope))
        {
            RotaryFrequencies.Fill(_rope, length, _frequencies);
        }

        for (int i = 0; i < count; i++)
        {
            for (int pair = 0; pair < Pairs; pair++)
            {
                float angle = (position + i) * _frequencies[pair];
                (double sine, double cosine) = Math.SinCos(angle);
                _cosines[(i * Pairs) + pair] = (float)cosine * _magnitude;
                _sines[(i * Pairs) + pair] = (float)sine * _magnitude;
            }
        }
    }

    /// <summary>Cosines of one position, [pairs].</summary>
    /// <param name="index">Counted from the first position of the table.</param>
    /// <returns>[pairs].</returns>
    public ReadOnlySpan<float> Cosines(int index) => _cosines.AsSpan(index * Pairs, Pairs);

    /// <summary>Sines of one position, [pairs].</summary>
    /// <param name="index">Counted from the first position of the table.</param>
    /// <returns>[pairs].</returns>
    public ReadOnlySpan<float> Sines(int index) => _sines.AsSpan(index * Pairs, Pairs);
}
