using System.Linq;
using CheckpointBuild.DTypes;
using CheckpointBuild.DTypes.Ggml;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>What holds for every type that is encoded over lanes: one lane is the specification, and any number of lanes gives its bytes.</summary>
public sealed unsafe class LaneLaws
{
    private const int Columns = 768;

    public static TheoryData<string> Every => [.. DType.All.OfType<BlockDType>().Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Every))]
    public void Encode_gives_the_same_bytes_with_1_8_and_16_lanes(string name)
    {
        BlockDType dtype = DType.All.OfType<BlockDType>().Single(d => d.Name == name);
        float[] values = LaneNumbers.Rows(Columns);
        foreach (float[] importance in new float[][] { [], LaneNumbers.Importance(Columns) })
        {
            byte[] one = Encode<Lane1>(dtype, values, importance);
            Assert.Equal(one, Encode<Lanes256>(dtype, values, importance));
            Assert.Equal(one, Encode<Lanes512>(dtype, values, importance));
        }
    }

    private static byte[] Encode<T>(BlockDType dtype, float[] values, float[] importance)
        where T : struct, ILanes<T>
    {
        byte[] blocks = new byte[values.Length / dtype.BlockLength * dtype.BlockBytes];
        fixed (float* source = values)
        fixed (float* weights = importance)
        fixed (byte* target = blocks)
        {
            dtype.Encode<T>(new BlockRows(source, importance.Length == 0 ? null : weights, Columns, values.Length / dtype.BlockLength, target));
        }

        return blocks;
    }
}
