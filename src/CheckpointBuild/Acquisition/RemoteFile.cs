using System;

namespace CheckpointBuild.Acquisition;

/// <summary>What the Hub answers about a file before it is fetched.</summary>
/// <param name="Subject">Which file.</param>
/// <param name="Commit">The commit that the answer is about, 40 hex digits.</param>
/// <param name="Identity">What the content must hash to.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Location">Where the content is; often another host, by an address that is good for a while only.</param>
internal sealed record RemoteFile(HubSubject Subject, string Commit, ContentIdentity Identity, long Size, Uri Location);
