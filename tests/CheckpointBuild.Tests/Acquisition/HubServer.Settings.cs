using System.Threading.Tasks;
using CheckpointBuild.Acquisition;

namespace CheckpointBuild.Tests.Acquisition;

/// <content>For tests that are clients themselves.</content>
internal sealed partial class HubServer
{
    /// <summary>Settings of a client of this server.</summary>
    /// <param name="cache">Its cache.</param>
    /// <returns>The settings; pauses take no time.</returns>
    public HubSettings Settings(string cache) => new() { Endpoint = Endpoint, CacheFolder = cache, Pause = (_, _) => Task.CompletedTask };
}
