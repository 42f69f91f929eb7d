using System.Linq;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>Integers in the order of kernels.</summary>
public sealed class KernelPackingTests
{
    private const int Columns = 128;

    [Theory]
    [InlineData(8, 80, "0.16")]
    [InlineData(4, 80, "0.16")]
    [InlineData(8, 90, "0.16")]
    [InlineData(4, 90, "0.16")]
    [InlineData(8, 90, "0.17")]
    [InlineData(4, 90, "0.17")]
    public void Unpacked_are_what_was_packed(int bits, int sm, string version)
    {
        KernelOrder order = KernelOrder.Of(sm, false, TensorRtLlmVersion.Named(version));
        int rows = order.RowsTogether(bits);
        byte[] random = new byte[rows * Columns];
        new SeededRandom(5).Fill(random);
        sbyte[] integers = [.. random.Select(b => bits == 8 ? (sbyte)b : (sbyte)((b & 15) - 8))];
        byte[] packed = new byte[rows * Columns * bits / 8];
        sbyte[] back = new sbyte[integers.Length];

        KernelPacking.Pack(integers, Columns, bits, order, packed);
        KernelPacking.Unpack(packed, Columns, bits, order, back);

        Assert.Equal(integers, back);
    }
}
