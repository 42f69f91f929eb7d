using System;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors;

/// <summary>Memory for a run of rows, lent by a <see cref="Workspace"/>. Dispose it once to give the memory back.</summary>
public sealed class Band : IDisposable
{
    private readonly Workspace _owner;
    private readonly int _codes;
    private readonly int _scales;
    private readonly int _zeroPoints;
    private NativeBlock? _block;

    internal Band(Workspace owner, NativeBlock block, int codes, int scales, int zeroPoints)
    {
        _owner = owner;
        _block = block;
        _codes = codes;
        _scales = scales;
        _zeroPoints = zeroPoints;
    }

    /// <summary>The bytes, plane by plane; each plane starts at a multiple of 64 bytes.</summary>
    public Planes Planes
    {
        get
        {
            int scalesAt = Workspace.Align(_codes);
            int zeroPointsAt = scalesAt + Workspace.Align(_scales);
            Span<byte> all = Block.Span;
            return new Planes(all[.._codes], all.Slice(scalesAt, _scales), all.Slice(zeroPointsAt, _zeroPoints));
        }
    }

    /// <summary>The bytes of plane 0.</summary>
    public Span<byte> Codes => Block.Span[.._codes];

    /// <summary>The same memory as something that an asynchronous consumer may hold.</summary>
    internal ReadOnlyMemory<byte> CodesMemory => Block.Memory[.._codes];

    private NativeBlock Block => _block ?? throw new ObjectDisposedException(nameof(Band));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_block is { } block)
        {
            _block = null;
            _owner.Return(block);
        }
    }
}
