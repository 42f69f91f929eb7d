using System;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>The laws run once more with instruction sets switched off; this says which ones a run had, and that the switches do what they say.</summary>
public sealed class ProcessorLaws(ITestOutputHelper output)
{
    [Fact]
    public void Switches_turn_instruction_sets_off()
    {
        output.WriteLine($"128 bits: {Vector128.IsHardwareAccelerated}, 256 bits: {Vector256.IsHardwareAccelerated}, 512 bits: {Vector512.IsHardwareAccelerated}");

        Assert.False(IsOff("DOTNET_EnableAVX512") && Avx512F.IsSupported, "AVX-512 is on although DOTNET_EnableAVX512=0.");
        Assert.False(IsOff("DOTNET_EnableAVX2") && Avx2.IsSupported, "AVX2 is on although DOTNET_EnableAVX2=0.");
        Assert.False(IsOff("DOTNET_EnableHWIntrinsic") && Vector256.IsHardwareAccelerated, "Vectors are on although DOTNET_EnableHWIntrinsic=0.");
    }

    private static bool IsOff(string knob) => Environment.GetEnvironmentVariable(knob) == "0";
}
